"""Pages of screening: campaigns, alerts, and the answering page behind a personal code."""

from app.care.screening.routes import alerts, answering, campaigns, classes, paper, scale_versions, scales
from app.care.screening.routes.blueprint import BLUEPRINTS

__all__ = ["BLUEPRINTS", "alerts", "answering", "campaigns", "classes", "paper", "scale_versions", "scales"]
