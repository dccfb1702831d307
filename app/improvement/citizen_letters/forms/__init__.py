"""Forms of citizens' letters."""
