"""查阅限额: how many students' pages one person opens in an hour and a day, and who hears when it is more (security 75).

Words: a *budget* is a number of opened pages (rows of a list are none); an *alarm* is what the security administrator and
the auditor are told when it was crossed. It names who read and how much, never whom.
"""
