"""Reads of the rainbow code; whoever calls these writes the read down: `trail.saw`."""
