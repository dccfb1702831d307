"""信息提供: the one gate through which data of a child go to a hospital or another recipient (security 42).

A handover names the recipient and the fields; it rests on an agreement signed for just this, or on a recorded exception;
another person approves it; what leaves are the named fields and nothing else, with the digest of what was handed over.
"""
