"""未成年人个人信息保护合规审计: once a year, counted from the live data, checked and signed by a second person, then filed.

Words: the *content* is what the worker counted, in parts of heads and rows, small numbers taken out; the officer adds a
*conclusion* and *measures*; *filing* is the note of when, with whom and under which receipt it was handed in (security 88).
"""
