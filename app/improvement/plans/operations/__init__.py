"""Everything that can be done with plans, measures and evidence: one function a verb."""
