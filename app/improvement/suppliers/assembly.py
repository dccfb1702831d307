"""What suppliers put into the application: pages, a line of the menu, the job of each sweep, letters, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.core.casework import daily
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import navigation
from app.improvement.suppliers import letters, queries
from app.improvement.suppliers.operations import remind_of_all
from app.improvement.suppliers.routes import bp

ENTRIES = (navigation.Entry("loop", "数据供应商", "suppliers.index", "file-certificate", (queries.VIEW,), order=12),)
DEEDS = {
    "supplier.add": ("登记供应商", "registered a supplier"),
    "supplier.describe": ("改了供应商说明", "changed the description of a supplier"),
    "supplier.add_agreement": ("放上保密协议", "added a confidentiality agreement"),
    "supplier_agreement.remind": ("提醒协议到期", "reminded of the end of an agreement"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    daily.add(remind_of_all)
    handles("agreement_ending", letters.agreement_ending)
