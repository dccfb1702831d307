"""保存期限与到期清理: how long each class of data is kept, what has reached its period, and how it is erased (security 73).

The bureau sets the periods; a list is made of what is due; one person proposes, another approves, a job erases and writes a
protocol of counts and digests. A hold keeps what a law or an open matter needs. Erasing itself is app/core/erasure.py, which
requests of families use as well.
"""
