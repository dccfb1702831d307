"""The organisation tree with groups and terms, schools, classes, students and staff, and who holds which role from when to when."""
