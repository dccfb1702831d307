"""Reads of consent: rounds, answers, personal codes."""
