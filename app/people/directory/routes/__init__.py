"""The pages of the directory: units, staff, roles, classes, students."""

from app.people.directory.routes import classes, roles, staff, students, unit_sheets, units
from app.people.directory.routes.blueprint import bp

__all__ = ["bp", "classes", "roles", "staff", "students", "unit_sheets", "units"]
