"""Pages of periods, of what is due, and of erasures."""

from app.care.retention.routes import due, periods, purges
from app.care.retention.routes.blueprint import bp

__all__ = ["bp", "due", "periods", "purges"]
