"""What the pages of an import say: its title, its figures, what may be done next and why not, how far a job is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import exists, select

from app.core import clock
from app.core.casework.choices import Choice, choices
from app.core.database import db
from app.core.errors import Sentence
from app.core.imports import queries
from app.core.imports.files import ANNOTATED
from app.core.imports.models import ImportBatch, ImportFile
from app.core.policy.actor import Actor
from app.core.web.chips import moment
from app.core.web.pages import say

SILENT = timedelta(minutes=2)
"""A job that has not moved for so long is said to wait."""
HEADINGS = ("title", "header")
"""Lines that are named but are no rows of data."""
STAGE = {"staged": 1, "checking": 2, "ready": 2, "accepting": 3, "accepted": 4}


def speaking(part: Any) -> Any:
    """Kept JSON as the templates take it: whatever has words in two languages becomes a thing that says them."""
    if isinstance(part, list):
        return [speaking(each) for each in part]
    if not isinstance(part, dict):
        return part
    inner = {name: speaking(each) for name, each in part.items()}
    return SimpleNamespace(**inner) if "zh" in inner else inner


def differences(diff: Mapping[str, Any], show: str) -> dict[str, Any]:
    """One of the three lists of a comparison (changed, added, vanished): its rows by natural key, and how many there are."""
    show = show if show in ("changed", "added", "vanished") else "changed"
    counts = {name: int(diff.get(name) or 0) for name in ("changed", "added", "vanished")}
    cells: dict[str, list[Any]] = {key: [] for key in diff.get(f"{show}_keys") or ()}
    for change in diff.get("changes") or () if show == "changed" else ():
        cells.setdefault(change["key"], []).append(change)
    listed = sum(map(len, cells.values())) if show == "changed" else len(cells)
    told = {"show": show, "counts": counts, "cells": cells, "keys": list(cells), "left_out": counts[show] - listed}
    return told | {"label": speaking(diff.get("label") or "")}


def stage(batch: ImportBatch) -> int:
    """On which of the four stages a batch is; 4 once it is in."""
    return STAGE.get(batch.state, 4)


def header_rows(batch: ImportBatch) -> dict[str, list[int]]:
    """The header rows in force, by sheet; sheets left out have none."""
    sheets: Mapping[str, Any] = batch.mapping.get("sheets") or {}
    return {name: list(plan["header"]) if plan.get("use") else [] for name, plan in sheets.items()}


def job(actor: Actor, batch: ImportBatch) -> dict[str, Any]:
    """The row of the job at work."""
    titles = {
        "checking": _("正在核对 %(name)s", name=batch.file_name),
        "accepting": _("正在入库 %(name)s", name=batch.file_name),
        "rolling_back": _("正在回退 %(name)s", name=batch.file_name),
    }
    row = queries.progress_for(actor, batch)
    current = row if row is not None and row.at >= batch.state_since - timedelta(seconds=5) else None
    waits = current is None or clock.machine_now() - current.at > SILENT
    return {
        "title": titles.get(batch.state, batch.file_name),
        "done": current.done if current else 0,
        "total": current.total if current else 0,
        "left": _("正在排队") if waits else "",
    }


def shown(actor: Actor, batch: ImportBatch, report: Mapping[str, Any]) -> dict[str, Any]:
    """Everything on the report page that is not a table of the report itself."""
    may = {choice.step.name: choice for choice in choices(actor, batch)}
    people = queries.people_of(actor, batch)
    return {
        "title": _title(batch),
        "meta": _meta(batch, report, people.get(batch.owner_id, "")),
        "stage": stage(batch),
        "figures": _figures(batch, report),
        "headings": HEADINGS,
        "hands": _hands(batch, people),
        "may": may,
        "editable": batch.state == "ready" and "check" in may,
        "next": _next(batch, may.get("accept"), "check" in may),
        "annotated": _has_annotated(batch),
        "trouble": speaking(batch.trouble),
    }


def _hands(batch: ImportBatch, people: Mapping[Any, str]) -> list[tuple[str, str]]:
    """Where the file comes from, who sent it and when, who accepted it and when."""
    rows = [
        (_("谁发来的表"), batch.sender or batch.supplier_name or _("没有写")),
        (_("上传人"), people.get(batch.owner_id, "—")),
        (_("上传时间"), moment(batch.created_at)),
    ]
    if batch.accepted_at is not None:
        accepted = people.get(batch.accepted_by, "—") if batch.accepted_by else "—"
        rows += [(_("接收人"), accepted), (_("接收时间"), moment(batch.accepted_at))]
    return [(str(title), str(said)) for title, said in rows]


def _title(batch: ImportBatch) -> str:
    if batch.state == "accepted":
        return str(_("已接收 %(n)s 行", n=_number(batch.rows_good)))
    if batch.state != "ready":
        return str(_("导入：%(state)s", state=say(batch.standing)))
    if not batch.rows_blocked:
        return str(_("核对报告：%(n)s 行都可以接收", n=_number(batch.rows_good)))
    if batch.all_or_nothing:
        return str(_("核对报告：还差 %(n)s 行就能接收", n=_number(batch.rows_blocked)))
    return str(_("核对报告：%(n)s 行要先改，其余可以先接收", n=_number(batch.rows_blocked)))


def _meta(batch: ImportBatch, report: Mapping[str, Any], who: str) -> list[str]:
    sheets = report.get("sheets") or []
    hidden = sum(1 for sheet in sheets if sheet["visibility"] != "visible")
    words = _("%(n)s 个工作表", n=len(sheets)) if sheets else ""
    if hidden:
        words += _("（含 %(n)s 个隐藏表）", n=hidden)
    at = clock.local(batch.created_at)
    day = _("今天") if at.date() == clock.today() else f"{at:%m-%d}"
    source = _("来自 %(name)s", name=batch.supplier_name) if batch.supplier_name else ""
    return [batch.file_name, source, words, _("%(who)s %(day)s %(time)s 上传", who=who, day=day, time=f"{at:%H:%M}")]


def _number(value: int) -> str:
    return f"{value:,}"


def _figures(batch: ImportBatch, report: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    causes, drops = report.get("causes") or [], report.get("drops") or []
    warned = _("，含 %(n)s 行有提醒", n=_number(batch.rows_warned)) if batch.rows_warned else ""
    why = _("，%(n)s 类原因", n=len(causes)) if batch.rows_blocked else ""
    left = [say(Sentence(drop["zh"], drop["en"])) for drop in drops if drop["code"] not in HEADINGS]
    what = _("：%(what)s", what=_("、").join(left)) if left else ""
    taken = _("已接收") if batch.state == "accepted" else _("可以接收")
    return [
        _figure(_("读到数据"), batch.rows_read),
        _figure(taken, batch.rows_good, warned),
        (*_figure(_("必须先改"), batch.rows_blocked, why), "", bool(batch.rows_blocked)),
        _figure(_("已自动忽略"), batch.rows_dropped, what),
    ]


def _figure(label: str, rows: int, more: str = "") -> tuple[str, str, str]:
    return label, _number(rows), _("行", n=rows) + more


def _next(batch: ImportBatch, accept: Choice | None, mends: bool) -> dict[str, Any]:
    """The main button of the report: what it says, whether it may be pressed, what stands in the way."""
    blocked = batch.rows_blocked
    label = _("先接收其余 %(n)s 行", n=_number(batch.rows_good)) if blocked else _("接收入库")
    missing = [say(sentence) for sentence in accept.missing] if accept else []
    if accept is None and batch.state == "ready":
        missing = [_("由有接收权限的人来接收；你可以先把要改的行改好")] if mends else []
    return {
        "label": _("接收入库") if batch.all_or_nothing else label,
        "allowed": accept is not None and accept.allowed,
        "missing": missing,
        "url": url_for("imports.accept", ref=batch.ref),
    }


def _has_annotated(batch: ImportBatch) -> bool:
    wanted = exists().where(ImportFile.batch_id == batch.id, ImportFile.part == ANNOTATED)
    return bool(db.session.scalar(select(wanted)))


def relations(earlier: Sequence[ImportBatch]) -> list[tuple[str, str]]:
    """What a new file may be to those that were accepted before: reference ("" for none of them) and words."""
    return [("", _("新增，和它们没有关系"))] + [
        (batch.ref, _("替代 %(name)s", name=batch.file_name)) for batch in earlier
    ]


def offered_relations(actor: Actor, batch: ImportBatch, chosen: str | None) -> dict[str, Any]:
    """The accepted files that a staged one may replace, and the one that is chosen; nothing where there is none."""
    earlier = queries.replaceable(actor, batch.kind, batch.target_id) if batch.behind.versions else []
    kept = next((each.ref for each in earlier if each.id == batch.supersedes_id), "")
    return {"relations": relations(earlier) if earlier else [], "relation": kept if chosen is None else chosen}
