"""What the factory puts in of the care area."""

from __future__ import annotations

from flask import Flask

from app.care.access import assembly as access
from app.care.consent import assembly as consent
from app.care.emergencies import assembly as emergencies
from app.care.figures import assembly as figures
from app.care.protection import assembly as protection
from app.care.rainbow import assembly as rainbow
from app.care.retention import assembly as retention
from app.care.rights import assembly as rights
from app.care.screening import assembly as screening
from app.care.sharing import assembly as sharing
from app.care.yearly import assembly as yearly


def assemble(app: Flask) -> None:
    """Its features, and its commands."""
    protection.register(app)
    retention.register(app)
    consent.register(app)
    rainbow.register(app)
    screening.register(app)
    access.register(app)
    emergencies.register(app)
    rights.register(app)
    sharing.register(app)
    figures.register(app)
    yearly.register(app)
