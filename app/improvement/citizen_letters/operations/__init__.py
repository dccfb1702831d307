"""Writes of citizens' letters."""
