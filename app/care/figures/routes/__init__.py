"""Pages of the figures of care: the newest week, releases, and what is read from beside and above."""

from app.care.figures.routes import elsewhere, releases, weeks
from app.care.figures.routes.blueprint import bp

__all__ = ["bp", "elsewhere", "releases", "weeks"]
