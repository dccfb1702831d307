"""The pages of sign-in, of one's own account, and of the administrators; one blueprint, split by who uses them."""

from app.people.identity.routes import accounts, bureau, entrance, forgotten, own, roles, system
from app.people.identity.routes.blueprint import bp

__all__ = ["accounts", "bp", "bureau", "entrance", "forgotten", "own", "roles", "system"]
