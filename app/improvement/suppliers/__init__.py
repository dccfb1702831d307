"""数据供应商: who brings data from outside the bureau, and the confidentiality agreement without which no file is taken.

Words: a *supplier* is a firm, platform or institution; an *agreement* is one signed paper of it with its number and days. A
new agreement stands beside the older ones, never in their place.
"""
