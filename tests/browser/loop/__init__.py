"""The steps of E1 on the pages, a file a phase; desk.py holds what hands and eyes need."""
