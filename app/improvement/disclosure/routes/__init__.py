"""Pages of disclosure: what is being prepared, and what everybody reads."""

from app.improvement.disclosure.routes import disclosure_steps, disclosures, public, showcase
from app.improvement.disclosure.routes.blueprint import BLUEPRINTS

__all__ = ["BLUEPRINTS", "disclosure_steps", "disclosures", "public", "showcase"]
