"""Pages of plans, measures, evidence, their verification and their printouts."""

from app.improvement.plans.routes import (
    action_pages,
    burden_pages,
    document_pages,
    evidence_pages,
    measure_pages,
    plan_deeds,
    plan_pages,
    report_pages,
    section_pages,
    topic_pages,
    upload_pages,
    verification_pages,
)
from app.improvement.plans.routes.blueprint import BLUEPRINTS

__all__ = [
    "BLUEPRINTS",
    "action_pages",
    "burden_pages",
    "document_pages",
    "evidence_pages",
    "measure_pages",
    "plan_deeds",
    "plan_pages",
    "report_pages",
    "section_pages",
    "topic_pages",
    "upload_pages",
    "verification_pages",
]
