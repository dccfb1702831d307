"""Pages of consent: the school's, and those behind a personal code."""

from app.care.consent.routes import answering, classes, door, rounds
from app.care.consent.routes.blueprint import BLUEPRINTS

__all__ = ["BLUEPRINTS", "answering", "classes", "door", "rounds"]
