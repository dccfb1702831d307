"""Versions of what a county measures and decides by: rule sets and scales are sent in as a file, agreed to by two experts
and put in force in the same way (domain B13); this is what they share."""
