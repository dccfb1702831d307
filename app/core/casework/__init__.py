"""Records that move through declared states: the one door for every write, deadlines, assignments, the timeline."""
