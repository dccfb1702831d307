"""Care on the first pages of those who answer for it: counts that were published, and nobody's name (decision 71)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.care.figures import drawing, queries
from app.care.figures.measures import measure_of
from app.care.figures.rates import Figure, figures_of
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.chips import long_date, word
from app.core.web.first_page import Panel, PanelLine
from app.core.web.projecting import is_projecting

OF_THE_COUNTY = ("coverage", "consented", "refused", "waits", "alerts_in_time", "settled_in_time", "duties_in_time")


def panel_of(actor: Actor) -> Panel | None:
    """The county's published figures for the leading group, the own school's week for the principal; none on a wall."""
    if not decide.holds(actor, queries.PANEL) or is_projecting():
        return None
    return _of_school(actor) if actor.school_id is not None else _of_county(actor)


def _of_county(actor: Actor) -> Panel:
    title, url = str(_("学生心理工作")), url_for("care_figures.releases")
    release = queries.newest_release(actor)
    if release is None:
        return Panel(title, "", (), url, str(_("还没有发布过数据")))
    measures = release.content.get("measures", {})
    told = {one.code: one for one in figures_of(measures)}
    lines = [_line(told[code]) for code in OF_THE_COUNTY] + list(_levels((measures.get("levels") or {}).get("line")))
    return Panel(title, f"{release.period}・{word(release.named)}", lines, release.address)


def _line(one: Figure) -> PanelLine:
    if one.value is None:
        return PanelLine(word(one.name), "—", word(one.why) if one.why else "")
    besides = str(ngettext("%(n)s 人", "%(n)s 人", one.n, n=one.n)) if one.done is None else f"{one.done} / {one.n}"
    return PanelLine(word(one.name), drawing.figure_said(one)[0], besides)


def _levels(line: Mapping[str, Any] | None) -> Iterator[PanelLine]:
    if line is not None:
        *others, red = [word(head) for head in measure_of("levels").columns]
        names = [_("层级：%(level)s", level=head) for head in others] + [
            _("在办的红色个案（层级：%(level)s）", level=red)
        ]
        for name, cell in zip(names, line["cells"], strict=True):
            yield PanelLine(str(name), drawing.said(cell), str(_("人")))


def _of_school(actor: Actor) -> Panel:
    title, url = str(_("本校学生心理工作")), url_for("care_figures.index")
    week = queries.newest_week(actor)
    if week is None:
        return Panel(title, "", (), url, str(_("还没有本校的数据")))
    lines = [
        PanelLine(str(_("%(what)s：%(state)s", what=part.title, state=head)), drawing.said(cell), f"/ {part.line.n}")
        for part in drawing.own_parts(week.content)
        if part.line is not None and part.code != "reasons"
        for head, cell in zip(part.heads, part.line.cells, strict=True)
    ]
    return Panel(title, str(_("冻结于 %(day)s", day=long_date(week.taken_on))), lines, url)
