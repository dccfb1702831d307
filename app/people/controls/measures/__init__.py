"""The measures of the controls, by what they look at."""

from app.people.controls.measures import accounts, database, machine, trail

__all__ = ["accounts", "database", "machine", "trail"]
