"""What the register puts into the application: pages, menu, the job of each day, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.care.protection import evidence, queries
from app.care.protection.models import ImpactAssessment
from app.care.protection.operations import expire_all
from app.care.protection.routes import bp
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.web import navigation

ENTRIES = (
    navigation.Entry("care", "影响评估", "protection.index", "file-certificate", (queries.VIEW,), order=64),
    navigation.Entry("care", "处理目的", "protection.purposes", "list-details", (queries.VIEW,), order=65),
)
EVIDENCE = evidence
"""Its measures are known from now on."""
DEEDS = {"impact_assessment.write": ("修改影响评估", "changed an impact assessment")}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(ImpactAssessment)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    daily.add(expire_all)
