"""What retention puts into the application: pages, menu, the list of each day, the worker's part, words of the trail."""

from __future__ import annotations

from flask import Flask

from app.care.retention import letters, queries
from app.care.retention.models import PurgeBatch, RetentionPeriod
from app.care.retention.operations import listing, purging
from app.care.retention.routes import bp
from app.core.casework import daily
from app.core.casework.records import movable
from app.core.casework.timeline import WORDS
from app.core.outbox.handlers import handles
from app.core.web import navigation

ENTRIES = (
    navigation.Entry("care", "保存期限", "retention.index", "calendar-event", (queries.VIEW,), order=66),
    navigation.Entry("care", "到期清理", "retention.due", "trash", (queries.DUE,), order=66),
)
DEEDS = {
    "retention_hold.place": ("保留数据", "held data"),
    "retention_hold.lift": ("解除保留", "lifted a hold"),
    "retention.refresh": ("列出到期数据", "listed what is due"),
    "retention.refresh_of_day": ("列出当天到期数据", "listed what is due that day"),
    "purge_batch.erase": ("清理一批", "erased a portion"),
    "purge_batch.protocol_made": ("生成销毁记录", "made the protocol"),
}


def register(app: Flask) -> None:
    """Register everything; safe to call for each application of a process."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
    movable(RetentionPeriod, PurgeBatch)
    navigation.add(*ENTRIES)
    WORDS.update(DEEDS)
    daily.add(listing.refresh_all)
    handles("refresh_due", listing.refresh)
    handles("carry_out_purge", purging.carry_out)
    handles("purge_protocol", letters.purge_protocol)
