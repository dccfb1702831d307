"""Deeds: asking, answering, refusing, taking back; and putting the result together."""
