"""公开: what the bureau and its schools show to everybody, and what they hand to one another.

Words: a *disclosure* (结果公开) is a result that somebody prepares, another person approves and everybody may read for a
time; its *public page* is a frozen copy at an address of its own, the only thing that a reader without an account ever
gets; *withdrawing* takes the content away and leaves the day and the reason.
"""
