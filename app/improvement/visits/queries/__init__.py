"""Reads of the yearly list, of visits, and of who and what may be put on one."""
