"""Reads of citizens' letters."""
