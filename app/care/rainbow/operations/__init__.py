"""Writes of the rainbow code: computing and proposing, deciding, duties, what teachers and experts observe."""
