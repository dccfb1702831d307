"""The pages of sign-in, of one's own account, and of the administrators; one blueprint, split by who uses them."""

from app.people.identity.routes import entrance, forgotten, own
from app.people.identity.routes.blueprint import bp

__all__ = ["bp", "entrance", "forgotten", "own"]
