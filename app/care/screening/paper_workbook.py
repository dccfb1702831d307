"""The workbook into which a class's answers on paper are typed: one sheet per scale, student numbers and no names."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.care.screening.models import ScreeningCampaign
from app.care.screening.scales.definition import Scale
from app.core.imports.paper_kinds import ANSWERS, QUESTIONS
from app.core.on_demand import on_demand
from app.core.spreadsheets.writing import workbook_options

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = on_demand("xlsxwriter")

HEADS = tuple(column for column in ANSWERS.columns if column.code not in QUESTIONS)


def answer_workbook(
    campaign: ScreeningCampaign, class_name: str, student_numbers: Sequence[str], operator: str
) -> bytes:
    """An xlsx to fill in: a row per student of the class, the questions of one scale across; a cell takes its options only.

    Nobody's name stands in it but that of the one who types.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, workbook_options())
    text = book.add_format({"num_format": "@"})
    head = book.add_format({"bold": True, "bg_color": "#E6EFFA", "text_wrap": True, "valign": "top"})
    for scale in campaign.definitions:
        sheet = book.add_worksheet(f"{scale.code} {scale.version}"[:31])
        _heads(sheet, scale, head, text)
        for line, number in enumerate(student_numbers, 1):
            known = (campaign.ref, number, class_name, scale.code, scale.version, "", operator)
            for place, cell in enumerate(known):
                sheet.write_string(line, place, cell, text)
        _options(sheet, scale, len(student_numbers))
        sheet.freeze_panes(1, 3)
    book.close()
    return out.getvalue()


def _heads(sheet: xlsxwriter.worksheet.Worksheet, scale: Scale, head: object, text: object) -> None:
    for place, column in enumerate(HEADS):
        sheet.set_column(place, place, column.width, text)
        sheet.write_string(0, place, f"{column.zh}*" if column.required else column.zh, head)
    for place, _item in enumerate(scale.items):
        column = ANSWERS.column(QUESTIONS[place])
        sheet.set_column(len(HEADS) + place, len(HEADS) + place, column.width)
        sheet.write_string(0, len(HEADS) + place, column.zh, head)


def _options(sheet: xlsxwriter.worksheet.Worksheet, scale: Scale, many: int) -> None:
    for place, item in enumerate(scale.items):
        words = [str(value) for value in sorted(scale.values(item))]
        options = {"validate": "list", "source": words, "error_type": "stop", "ignore_blank": True}
        sheet.data_validation(1, len(HEADS) + place, max(many, 1), len(HEADS) + place, options)
