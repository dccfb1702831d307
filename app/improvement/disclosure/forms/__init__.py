"""Forms of disclosure."""
