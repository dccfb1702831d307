"""Pages of citizens' letters: what everybody reaches, and what the office and those who answer work with."""

from app.improvement.citizen_letters.routes import boxes, handling, letters, public, writer
from app.improvement.citizen_letters.routes.blueprint import BLUEPRINTS

__all__ = ["BLUEPRINTS", "boxes", "handling", "letters", "public", "writer"]
