"""The auditor's pages: the trail, one entry, the chain and its anchors, days that stand out."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.audit import queries, trail
from app.core.audit.anchors import last_anchor
from app.core.audit.operations import ask_for_verification
from app.core.audit.queries import MOST_EXPORTED, TrailFilter
from app.core.audit.verification import Anchor
from app.core.audit.words import KINDS, step_words, table_words
from app.core.limits import COSTLY, throttle
from app.core.policy.roles import ROLES
from app.core.spreadsheets import Head, write_workbook
from app.core.web import chips, filters
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page, say
from config.settings import Settings

bp = Blueprint("audit", __name__, url_prefix="/audit")


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _uuid(name: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.args.get(name, ""))
    except ValueError:
        return None


def _bar() -> tuple[filters.Filter, ...]:
    return (
        filters.text("person", _("姓名或拼音")),
        filters.text("step", _("步骤代码，如 sign_in")),
        filters.choice("kind", _("种类"), [(code, say(words)) for code, words in KINDS.items()], many=True),
        filters.month("month", _("月份")),
        filters.choice("role", _("身份"), [(code, say(role)) for code, role in ROLES.items()], more=True),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> TrailFilter:
    person, step, kind, month, role = chosen
    after = request.args.get("after", "")
    first = date.fromisoformat(f"{month.one}-01") if month.one else None
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1) if first else None
    return TrailFilter(
        kinds=kind.chosen,
        step=step.one,
        person=person.one,
        role=role.one,
        first_day=_day("from") or first,
        last_day=_day("to") or last,
        record=_uuid("record"),
        act=_uuid("act"),
        after=int(after) if after.isdigit() and len(after) < 16 else None,
    )


@bp.get("/entries")
@needs("audit.read")
def entries() -> Response:
    """The trail, newest first."""
    actor, chosen = current_actor(), _bar()
    wanted = _wanted(chosen)
    rows, after = queries.entries(actor, wanted)
    return page(
        "audit/entries.html",
        rows=rows,
        names=queries.names(actor, rows),
        listing=filters.bar(chosen),
        wanted=wanted,
        kinds=KINDS,
        roles=ROLES,
        step_words=step_words,
        table_words=table_words,
        next_url=filters.address(after=after) if after else "",
        first_url=filters.address() if wanted.after else "",
        keep=[(name, request.args[name]) for name in ("from", "to", "record", "act") if request.args.get(name)],
        export_url=filters.same_query(url_for("audit.export")),
    )


@bp.get("/entries.xlsx")
@needs("audit.read")
@throttle.limit(COSTLY)
def export() -> Any:
    """What is shown, as a workbook; needs a fresh second factor, and is itself in the trail."""
    actor = current_actor()
    if actor.fresh_until < clock.now().timestamp():
        return redirect(url_for("identity.ask_again", then=request.full_path.rstrip("?")), 303)
    rows, _after = queries.entries(actor, _wanted(_bar()), MOST_EXPORTED)
    names = queries.names(actor, rows)
    trail.saw(actor, None, "audit.export", refs=[str(len(rows))])
    heads = [
        Head(_("序号"), form="number"),
        _("时间"),
        _("种类"),
        _("步骤"),
        _("姓名"),
        _("身份"),
        _("对象"),
        _("对象编号"),
    ]
    lines = [
        (
            row.seq,
            clock.local(row.at).strftime("%Y-%m-%d %H:%M:%S"),
            say(KINDS.get(row.kind)),
            row.step,
            names.get(row.person_id, ""),
            say(ROLES.get(row.role)) if row.role in ROLES else row.role,
            say(table_words(row.entity)),
            str(row.record_id or ""),
        )
        for row in rows
    ]
    content = write_workbook(heads, lines, sheet=_("审计日志"))
    return workbook_file(content, "audit")


@bp.get("/entries/<int:seq>")
@needs("audit.read")
def entry(seq: int) -> Response:
    """One entry: what is hashed, without reason and changed values."""
    actor = current_actor()
    found = queries.entry_for(actor, seq)
    return page(
        "audit/entry.html",
        entry=found,
        names=queries.names(actor, [found]),
        kinds=KINDS,
        roles=ROLES,
        words=step_words(found.step),
        table_words=table_words,
    )


@bp.get("/chain")
@needs("audit.verify")
def chain() -> Response:
    """Does the chain hold: the last verification with its first bad entry, the anchors, the head."""
    actor = current_actor()
    settings: Settings = current_app.extensions["bihuan.settings"]
    seq, digest = queries.head(actor)
    return page(
        "audit/chain.html",
        runs=queries.verifications(actor),
        head_seq=seq,
        head_hash=digest.hex(),
        anchors=[(place, last_anchor(place)) for place in settings.anchor_files],
        shown=_shown,
        anchor_moment=_anchored,
        at_once=bool(settings.database_owner_url),
    )


def _anchored(anchor: Anchor | None) -> str:
    """When an anchor was written, on the county's clock."""
    if anchor is None:
        return str(_("还没有"))
    return chips.moment(datetime.fromisoformat(anchor.at))


def _shown(place: Path) -> str:
    """An anchor's place without the folders of this machine."""
    return f"…/{place.parent.name}/{place.name}"


@bp.post("/chain/verify")
@needs("audit.verify")
@throttle.limit(COSTLY)
def verify() -> Response:
    """Ask the worker to verify the whole chain now."""
    ask_for_verification(current_actor(), None)
    flash(_("已交给后台校验，完成后在这一页看结果"))
    return Response("", 303, {"Location": url_for("audit.chain")})


@bp.get("/unusual")
@needs("audit.read")
def unusual() -> Response:
    """Days on which somebody read much, was refused often, or read at night."""
    actor = current_actor()
    found = queries.unusual_access(actor)
    return page(
        "audit/unusual.html",
        days=found,
        names=queries.names(actor, found),
        roles=ROLES,
        limits=(queries.READS_A_DAY, queries.REFUSALS_A_DAY),
    )
