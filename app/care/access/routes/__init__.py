"""Pages of openings, of answers, of those in need at once, and of who looked."""

from app.care.access.routes import answers, identities, looked, openings, urgent
from app.care.access.routes.blueprint import bp

__all__ = ["answers", "bp", "identities", "looked", "openings", "urgent"]
