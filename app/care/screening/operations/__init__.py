"""Writes of screening: campaigns, tasks, answers, alerts, and the jobs that follow."""
