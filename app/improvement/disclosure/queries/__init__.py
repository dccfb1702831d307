"""Reads of disclosure: what is being prepared, by those who may; public pages, by everybody."""
