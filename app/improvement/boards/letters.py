"""The weekly report: drawn from a frozen day in the worker, kept by its digest, the same again when asked again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import segno
from flask import current_app
from flask_babel import force_locale

from app.core import pdf
from app.core.database import db
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.web.chips import long_date, word
from app.improvement.boards import queries
from app.improvement.boards.codes import verify_address
from app.improvement.boards.models import BoardReport, BoardSnapshot
from app.improvement.boards.operations import ReportIn, keep_report
from app.improvement.boards.rates import Rate, rates_of
from app.improvement.problems.words import CATEGORIES, OUTCOMES, word_of
from app.people.directory.models import Unit
from workflows.improvement.problem_item import PROBLEM_ITEM

PDF = "application/pdf"
STATES = tuple(state for state in PROBLEM_ITEM.states if state.code not in ("draft", "void"))


def weekly_report(row: OutboxRow) -> None:
    """Draw the report of a frozen day once; nothing where printing is off or the day has its report."""
    snapshot = db.session.get(BoardSnapshot, row.record_id)
    if snapshot is None or not pdf.available():
        return
    if db.session.query(BoardReport).filter_by(snapshot_id=snapshot.id).first() is not None:
        return
    content = pdf.render(html_of(snapshot)).content
    name = f"问题整改周报-{snapshot.taken_on:%Y%m%d}.pdf"
    keep_report(SYSTEM, snapshot, ReportIn(current_app.extensions["bihuan.shelf"].keep(content, name, PDF)))


def html_of(snapshot: BoardSnapshot) -> str:
    """The report as a page in the style of official documents; every number comes from the frozen day."""
    with force_locale("zh"):
        bureau = db.session.get(Unit, snapshot.county_id)
        lines = queries.frozen_counts(SYSTEM, snapshot)
        address = verify_address(snapshot)
        doc = {
            "title": "问题整改工作周报",
            "meta": [
                bureau.name if bureau else "",
                long_date(snapshot.taken_on),
                f"快照摘要 {snapshot.ledger_sha256[:16]}",
            ],
            "qr": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=2, light="#fff"),
            "verify_at": f"扫码核验真伪，快照摘要 {snapshot.ledger_sha256[:16]}",
        }
        template = current_app.jinja_env.get_template("documents/weekly_report.html")
        return template.render(
            doc=doc,
            language="zh",
            total=snapshot.item_count,
            rates=[
                (rate.definition.name.zh, rate_words(rate), rate.definition.counted.zh) for rate in _rates(snapshot)
            ],
            states=[state.zh for state in STATES],
            rows=category_rows(lines),
            units=unit_rows(lines, _names(lines)),
            outcomes=[(word(word_of(OUTCOMES, code)), n) for code, n in snapshot.figures.get("outcomes", {}).items()],
        )


def _rates(snapshot: BoardSnapshot) -> tuple[Rate, ...]:
    return rates_of(snapshot.figures)


def rate_words(rate: Rate) -> str:
    """12 / 40，30.0%（95% 区间 18.1% 至 45.4%）; the two numbers alone below five."""
    if rate.share is None:
        return f"{rate.done} / {rate.all}"
    low, high = rate.interval
    span = f"（95% 区间 {100 * low:.1f}% 至 {100 * high:.1f}%）" if low is not None and high is not None else ""
    return f"{rate.done} / {rate.all}，{100 * rate.share:.1f}%{span}"


def category_rows(lines: Any) -> list[tuple[str, list[int], int]]:
    """Category, number in each state, late."""
    cells: Counter[tuple[str, str]] = Counter()
    late: Counter[str] = Counter()
    for line in lines:
        cells[line.category, line.state] += line.n
        late[line.category] += line.late
    return [
        (word(word_of(CATEGORIES, code)) or "—", [cells[code, state.code] for state in STATES], late[code])
        for code in sorted({line.category for line in lines})
    ]


def unit_rows(lines: Any, names: dict[Any, tuple[str, str]]) -> list[tuple[str, int, int, int]]:
    """Unit, open, late, closed; in code order, never ranked."""
    open_: Counter[Any] = Counter()
    late: Counter[Any] = Counter()
    closed: Counter[Any] = Counter()
    for line in lines:
        (closed if line.state == "closed" else open_)[line.unit_id] += line.n
        late[line.unit_id] += line.late
    order = sorted(names, key=lambda one: names[one])
    return [(names[one][1], open_[one], late[one], closed[one]) for one in order]


def _names(lines: Any) -> dict[Any, tuple[str, str]]:
    found = db.session.query(Unit.id, Unit.code, Unit.name).where(Unit.id.in_({line.unit_id for line in lines}))
    return {row[0]: (row[1], row[2]) for row in found}
