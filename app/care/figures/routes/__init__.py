"""Pages of the figures of care: the newest week, and releases."""

from app.care.figures.routes import releases, weeks
from app.care.figures.routes.blueprint import bp

__all__ = ["bp", "releases", "weeks"]
