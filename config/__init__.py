"""Settings and data that a bureau may change without touching code."""
