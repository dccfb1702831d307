"""The workbook into which consents on paper are entered: a row per person who may sign, student numbers and no names."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from app.care.consent.models import OWN_SAY, Consent, ConsentRound, age_on
from app.core.imports.paper_kinds import CONSENTS
from app.core.imports.vocabulary import label, load
from app.core.on_demand import on_demand
from app.core.spreadsheets.writing import workbook_options

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = on_demand("xlsxwriter")

CHOSEN = {"who": "consent_who", "answer": "consent_answer"}


def consent_workbook(round_: ConsentRound, class_name: str, open_: Iterable[Consent], today: date) -> bytes:
    """An xlsx to fill in for the students whose answer is still open: one row per guardian, and per student from 14."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, workbook_options())
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bg_color": "#E6EFFA", "text_wrap": True})
    sheet = book.add_worksheet(CONSENTS.zh)
    rows = [
        (one.student.student_no, class_name, label("consent_purpose", round_.purpose), round_.notice_version, who)
        for one in open_
        for who in _signers(one, today)
    ]
    for place, column in enumerate(CONSENTS.columns):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, f"{column.zh}*" if column.required else column.zh, head)
        if column.code in CHOSEN:
            words = [found[0] for found in load("words")[CHOSEN[column.code]].values()]
            options = {"validate": "list", "source": words, "error_type": "stop", "ignore_blank": True}
            sheet.data_validation(1, place, max(len(rows), 1), place, options)
    for line, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            sheet.write_string(line, place, cell, text)
    sheet.freeze_panes(1, 2)
    book.close()
    return out.getvalue()


def _signers(consent: Consent, today: date) -> list[str]:
    many = max(1, min(len(consent.student.guardians or []), 2))
    signers = [f"guardian{number}" for number in range(1, many + 1)]
    if age_on(consent.student.birth_date, today) >= OWN_SAY:
        signers.append("student")
    return [label("consent_who", one) for one in signers]
