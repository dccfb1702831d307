"""Forms of consent."""
