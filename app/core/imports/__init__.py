"""Tables on their way in: opened, matched to columns, checked row by row, reported, then accepted or sent back.

Words: a *kind* of file has *columns* and a natural *key*; a *table* is read from a *book* by a *mapping*;
checking gives a *staged sheet* whose rows are ok, warned, blocked or dropped; a *note* says why, in two languages,
and what to do.
"""
