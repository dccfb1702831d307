"""Addresses of the interface for programs, and the pages on which people look after tokens and webhooks."""

from app.api.routes import admin, chains, imports, reading
from app.api.routes.admin import bp as pages_bp
from app.api.routes.blueprint import bp

__all__ = ["admin", "bp", "chains", "imports", "pages_bp", "reading"]
