"""证据链: from any record back to the file, sheet, row and column it rests on, and forward to the cell measured again.

Reads only. Words: 环节 (a node of the chain), 链条 (nodes and the links between them), 环 (the ten stages of one item).
"""
