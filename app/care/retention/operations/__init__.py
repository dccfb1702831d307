"""Deeds: setting periods, holding, listing what is due, proposing, approving and carrying out its erasure."""
