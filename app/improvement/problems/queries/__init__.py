"""Reads of problem lists, items and reopenings; every one takes the actor first."""
