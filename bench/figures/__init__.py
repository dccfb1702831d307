"""One file per figure or family of figures; each has `run(context)` and returns its figures as JSON objects."""
