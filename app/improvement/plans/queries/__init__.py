"""Reads of plans, measures and evidence: every function takes the actor first."""
