"""The organisation tree with groups and terms, schools, classes, students and staff, and who holds which role when.

Words: a *unit* is a node of the tree; a *role* is held at a unit from a day to a day; a *duty* ties a teacher to a
class; a *deputy* holds a role in another's stead; a *hand-over* moves open work from one person to another.
"""
