"""Workbooks of answers on paper as two people of a school fill them in."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

from app.care.screening.models import ScreeningCampaign
from app.care.screening.paper_workbook import answer_workbook
from app.core.database import db, use_context
from app.core.imports import arrival, operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, StepIn
from app.core.outbox import deliver
from tests.care.terms import BORN, Term

COUNSELLOR, LEAD = "school_counselor", "school_psych_lead"
DAY = "2026-12-21"


def number(order: int) -> str:
    """The student number of the child 学生00, 学生01 …"""
    return f"L330901{BORN:%Y%m%d}{order:04d}"


def workbook(
    campaign: ScreeningCampaign,
    operator: str,
    typed: Mapping[int, Mapping[str, Sequence[Any]]],
    day: str = DAY,
    cells: Mapping[tuple[str, str], Any] | None = None,
    many: int = 3,
) -> bytes:
    """The class's prepared workbook with answers: child → scale → values; `cells` (sheet, address) are typed over last."""
    book = openpyxl.load_workbook(
        io.BytesIO(answer_workbook(campaign, "七年级1班", [number(n) for n in range(many)], operator))
    )
    for sheet in book.worksheets:
        code = sheet.title.split()[0]
        heads = {cell.value: cell.column for cell in sheet[1]}
        for child, scales in typed.items():
            if code in scales:
                sheet.cell(child + 2, heads["作答日期*"]).value = day
                for place, value in enumerate(scales[code], 1):
                    sheet.cell(child + 2, heads[f"第{place}题"]).value = value
    for (title, address), value in (cells or {}).items():
        book[title][address] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(term: Term, campaign: ScreeningCampaign, key: str, data: bytes, name: str = "七1班.xlsx") -> ImportBatch:
    """Uploaded, checked and, where a row is good, accepted by one person; jobs carried out."""
    actor = term.cast.actor(key)
    use_context(actor.context())
    batch = arrival.place_of(actor, "answers", campaign.ref)
    batch = operations.upload(actor, batch, arrival.receive(actor, batch, data, name))
    operations.check(actor, batch, CheckIn())
    deliver.drain()
    db.session.refresh(batch)
    if batch.state == "ready" and batch.rows_good:
        operations.accept(actor, batch, StepIn())
        deliver.drain()
        db.session.refresh(batch)
    return batch
