"""Pages of requests: behind the personal code, and for who answers."""

from app.care.rights.routes import answering, asking
from app.care.rights.routes.blueprint import bp

__all__ = ["answering", "asking", "bp"]
