"""心理工作数据: how far screening and support have come, in numbers that name nobody (mission_care.md §5.2, decision 54).

Words: a snapshot is the county as it was frozen in one week, small cells already taken out; a measure divides students into
columns, a cut sets its columns beside each other by school, grade or sex; a release is a snapshot that one person froze for
the leading group and another let out.
"""
