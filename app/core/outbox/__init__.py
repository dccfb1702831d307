"""Intentions that must not be lost: a row in the open transaction, delivered at least once by RQ, its effect kept once."""
