"""Forms of the yearly list, of planning, of what is found, and of the school's answers."""
