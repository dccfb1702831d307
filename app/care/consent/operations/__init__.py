"""Writes of consent: rounds, answers, personal codes."""
