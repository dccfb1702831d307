"""Steps that ask for no more than yes, or a reason: giving notice, disclosing, taking back, giving up."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import lazy_gettext as _

from app.core.web.current import current_actor, needs
from app.core.web.offers import Way
from app.improvement.accountability.models import AccountabilityRecord
from app.improvement.accountability.operations import deciding, drafting, hearing
from app.improvement.accountability.queries import records as queries
from app.improvement.accountability.routes.blueprint import accountability_bp as bp
from app.improvement.disclosure.routes.asking import Ask, Asking

TAKE = (
    "accountability.notify_party",
    "accountability.disclose_record",
    "accountability.revoke_record",
    "accountability.draft_record",
)
STEPS = Asking(
    {
        "notify": Ask(
            _("送达告知，开始听取意见？"),
            _(
                "问责：当事单位（当事人）马上看到事实和拟作出的处理，陈述申辩期从明天算起。表彰：事由和事实在全县公示，公示期内可以提异议。送达后不能再改，期限不能缩短。"
            ),
            _("先不送达"),
            _("已送达，期满以前不能作出决定"),
            hearing.notify_party,
            "send",
        ),
        "disclose": Ask(
            _("公开这个决定？"),
            _("按决定里写的范围公开：全县通报，或者不用登录就能看到。公开的只有“公开的文字”，不含人名。"),
            _("先不公开"),
            _("已公开"),
            deciding.disclose_record,
            "eye",
        ),
        "revoke": Ask(
            _("收回这个决定？"),
            _("决定从今天起不再有效，公开过的文字撤下，日期和理由留着。"),
            _("先不收回"),
            _("已收回"),
            deciding.revoke_record,
            "x",
            reason=True,
            danger=True,
        ),
        "cancel": Ask(
            _("取消这份材料？"),
            _("当事单位没有看到过，取消后只在登记里留一行。"),
            _("先不取消"),
            _("已取消"),
            drafting.cancel_record,
            "ban",
            reason=True,
            danger=True,
        ),
    },
    "accountability.step",
    _("问责与表彰"),
    "accountability.index",
)
PAGES = {
    "state_case": ("accountability.statement", "pencil"),
    "appeal": ("accountability.appeal", "pencil"),
    "decide": ("accountability.decision", "gavel"),
    "uphold": ("accountability.answer", "gavel"),
}
"""Steps with a form of their own; `decide` leads to the form where one may also dismiss, `uphold` to all three answers."""


def ways_of(record: AccountabilityRecord) -> dict[str, Way]:
    """Where the buttons of a record lead."""
    forms = {name: Way(url_for(endpoint, ref=record.ref), icon) for name, (endpoint, icon) in PAGES.items()}
    if not record.is_accountability:
        forms.pop("state_case")
    return STEPS.ways(record) | forms


@bp.get("/accountability/<ref>/steps/<name>")
@needs(*TAKE)
def step(ref: str, name: str) -> Response:
    """What the step leads to."""
    return STEPS.question(queries.record_for(current_actor(), ref), name)


@bp.post("/accountability/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take it."""
    return STEPS.answer(queries.record_for(current_actor(), ref), name)
