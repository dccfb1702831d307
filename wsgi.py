"""What the web server loads."""

from app.core.database import db
from app.factory import create_app

app = create_app()
with app.app_context():
    db.engine.dispose()  # each process of the web server opens connections of its own
