"""Stories of care in a real browser: the office of a school and its county, and the phones of families."""
