"""Pages of accountability: records, what the party says, what the body decides, circulars, papers."""

from app.improvement.accountability.routes import circulars, documents, hearing, records, sitting, steps
from app.improvement.accountability.routes.blueprint import BLUEPRINTS

__all__ = ["BLUEPRINTS", "circulars", "documents", "hearing", "records", "sitting", "steps"]
