"""Everything that can be done with problem lists, items and reopenings: one function a verb."""
