"""Checks of rows that come from paper: is it this campaign, this scale, this student, these answers (domain §6.2, B3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from app.core.imports.columns import Json
from app.core.imports.paper_kinds import QUESTIONS
from app.core.imports.papers import Answering, Taker, Typed
from app.core.imports.reading import Drop
from app.core.imports.reasons import note, plain
from app.core.imports.vocabulary import plain_word
from app.core.imports.work import DROPPED, Work

_NOBODY = Typed(False, 0, (), False)


def leave_out_unanswered(work: Work) -> None:
    """Students of the prepared workbook of whom no answer was typed: listed, not kept."""
    _leave_out(work, QUESTIONS)


def leave_out_unsigned(work: Work) -> None:
    """Persons of the prepared workbook who signed nothing: listed, not kept."""
    _leave_out(work, ("answer", "signed_on", "scan"))


def _leave_out(work: Work, codes: Sequence[str]) -> None:
    empty = set(range(len(work.table)))
    for code in codes:
        typed = work.table.typed[code]
        empty = {row for row in empty if typed[row] == ""}
        if not empty:
            return
    for row in sorted(empty):
        work.remarks.pop(row, None)
        work.level[row] = DROPPED
        work.drops.append(Drop(work.table.place(row), "unanswered", work.typed(row, "student_no")))
        for code in work.kind.key:
            work.values[code][row] = None


def check_forms(work: Work) -> None:
    """Campaign, scale and version of each row are those of the campaign that the file was sent for."""
    known = work.lookups.answering
    if known is None:
        return
    rows = zip(work.values["campaign_code"], work.values["scale_code"], work.values["scale_version"], strict=True)
    for row, (campaign, code, version) in enumerate(rows):
        if not work.stands(row):
            continue
        if campaign is not None and campaign != known.campaign:
            work.block(row, "campaign_code", plain("answers_campaign"))
        if code is None:
            continue
        versions = known.versions(str(code))
        if not versions:
            wanted = "、".join(dict.fromkeys(name for name, _ in known.scales))
            work.block(row, "scale_code", note("answers_scale", wanted=wanted))
        elif version is not None and version not in versions:
            work.block(row, "scale_version", note("answers_version", wanted="、".join(versions)))


def check_takers(work: Work) -> None:
    """Each student is one of the class, takes part, and has not answered otherwise; two persons type, never one twice."""
    known = work.lookups.answering
    if known is None:
        return
    latest = work.lookups.as_of.isoformat()
    first = known.opens_on.isoformat()
    rows = zip(
        work.values["student_no"], work.values["class_name"], work.values["answered_on"], work.values["scale_code"],
        work.values["operator"], strict=True,
    )  # fmt: skip
    for row, (number, group, day, scale, operator) in enumerate(rows):
        if number is None or not work.stands(row):
            continue
        taker = known.takers.get(str(number))
        if taker is None:
            work.remark(row, "student_no", plain("taker_unknown"))
            continue
        _check_standing(work, row, taker, group)
        if day is not None and str(day) > latest:
            work.block(row, "answered_on", plain("answered_ahead"))
        elif day is not None and str(day) < first:
            work.block(row, "answered_on", note("answered_before", first=first))
        if scale is not None:
            _check_hands(work, row, dict(taker.typed).get(str(scale), _NOBODY), operator)


def _check_standing(work: Work, row: int, taker: Taker, group: Json) -> None:
    if taker.standing != "ready":
        work.remark(row, "student_no", note(f"taker_{taker.standing}", own=taker.class_name))
    elif group is not None and taker.class_name and plain_word(str(group)) != plain_word(taker.class_name):
        work.remark(row, "class_name", note("taker_class", own=taker.class_name))


def _check_hands(work: Work, row: int, typed: Typed, operator: Json) -> None:
    if typed.settled:
        work.remark(row, "student_no", plain("typed_settled"))
    elif typed.others > 1:
        work.remark(row, "student_no", plain("typed_twice"))
    elif typed.others and operator is not None and plain_word(str(operator)) in typed.operators:
        work.remark(row, "operator", plain("typed_same_operator"))


def check_ranges(work: Work) -> None:
    """Every answer is one that its question offers; no answers beyond the last question of the scale."""
    known = work.lookups.answering
    if known is None:
        return
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, form in enumerate(zip(work.values["scale_code"], work.values["scale_version"], strict=True)):
        if None not in form and work.stands(row):
            groups[str(form[0]), str(form[1])].append(row)
    for form, rows in groups.items():
        if form in known.scales:
            _check_scale(work, known, form, rows)


def _check_scale(work: Work, known: Answering, form: tuple[str, str], rows: Sequence[int]) -> None:
    offered = known.scales[form]
    everybody = len(rows) == len(work.table)
    for place, code in enumerate(QUESTIONS):
        values = work.values[code]
        lawful = offered[place] if place < len(offered) else ()
        given = set(values) if everybody else {values[row] for row in rows}
        if given <= {*lawful, None}:
            continue
        said = (
            note("answer_range", allowed="、".join(map(str, lawful)))
            if lawful
            else note("answer_beyond", scale=form[0], last=len(offered))
        )
        for row in rows:
            if values[row] is not None and values[row] not in lawful:
                work.block(row, code, said)


def check_signatures(work: Work) -> None:
    """Each consent is of this round: purpose, version of the notice, a student who was asked, a day that can be."""
    known = work.lookups.consenting
    if known is None:
        return
    latest = work.lookups.as_of
    columns = ("student_no", "class_name", "purpose", "notice_version", "who", "signed_on")
    for row, said in enumerate(zip(*(work.values[code] for code in columns), strict=True)):
        number, group, purpose, version, who, day = said
        if not work.stands(row):
            continue
        if purpose is not None and purpose != known.purpose:
            work.block(row, "purpose", plain("consent_purpose"))
        if version is not None and version != known.version:
            work.block(row, "notice_version", note("consent_version", wanted=known.version))
        if day is not None and not known.asked_on <= dt.date.fromisoformat(str(day)) <= latest:
            work.block(row, "signed_on", note("consent_day", first=known.asked_on.isoformat()))
        if number is None:
            continue
        asked = known.asked.get(str(number))
        if asked is None:
            work.remark(row, "student_no", plain("asked_unknown"))
        elif asked.standing != "asked":
            work.remark(row, "student_no", note(f"asked_{asked.standing}"))
        elif group is not None and asked.class_name and plain_word(str(group)) != plain_word(asked.class_name):
            work.remark(row, "class_name", note("taker_class", own=asked.class_name))
        elif who == "guardian2" and asked.guardians < 2:
            work.block(row, "who", plain("guardian_unknown"))
