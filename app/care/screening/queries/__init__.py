"""Reads of screening: campaigns and their progress, a student's own task, alerts."""
