"""What the web server and the command line load."""

from flask import Flask
from sqlalchemy.exc import OperationalError

from app.beforehand import make_ready
from app.core.database import db
from app.factory import create_app
from config.settings import SettingsRefused

try:
    app = create_app()
except SettingsRefused as refused:
    raise SystemExit(str(refused)) from None
except OperationalError as away:
    raise SystemExit(f"DATABASE_URL: 数据库连不上 (the database does not answer): {away.orig}") from None
with app.app_context():
    db.engine.dispose()  # each process of the web server opens connections of its own


def served() -> Flask:
    """What the web server loads before its processes part."""
    return make_ready(app)
