"""Pages of the register and of assessments."""

from app.care.protection.routes import assessments, register
from app.care.protection.routes.blueprint import bp

__all__ = ["assessments", "bp", "register"]
