"""Forms of accountability."""
