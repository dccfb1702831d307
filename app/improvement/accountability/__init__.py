"""问责与表彰: holding to account and commending, both with due process, and never by the system.

Words: the *facts* (事实) are records of the system that a record cites; the *party* (当事单位、当事人) is the unit, and the
person where one is concerned; the *window* is the time in which the party states its case (陈述申辩期), or, for a
commendation on public notice (公示), others object; the *body* (领导小组) decides in a meeting; a *notice* (公示、通报) is
what others read; an *appeal* (申诉) is heard by persons who took no part; a decision *lapses* (期满失效) on its day.
"""
