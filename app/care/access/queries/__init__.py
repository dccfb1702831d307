"""Reads of openings, of what they open, and of who looked; whoever calls these writes the read down: `trail.saw`."""
