"""The list of visits and the page of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _

from app.core.calendar import last_day
from app.core.casework import deadlines
from app.core.limits import COSTLY, throttle
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.spreadsheets import Head, write_workbook
from app.core.web import filters
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.core.web.whom import whom
from app.improvement.problems.routes.drawing import chips_of, story, strip_of
from app.improvement.problems.words import codes
from app.improvement.visits import beside
from app.improvement.visits.branches import by_branch
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.queries import visits
from app.improvement.visits.queries.candidates import became
from app.improvement.visits.queries.visits import SCHOOL_ROLES, VisitFilter
from app.improvement.visits.routes.blueprint import bp
from app.improvement.visits.routes.offers import offers_of
from app.improvement.visits.words import KINDS
from workflows.improvement.supervision_visit import SUPERVISION_VISIT, path_of
from workflows.parties import PARTIES

VIEW, LEAD, FEEDBACK = "visits.view_visits", "visits.lead_visit", "visits.read_feedback"
OBJECTION = "visits.decide_objection"
SHOWN = 8


def _filters(actor: Actor) -> tuple[filters.Filter, ...]:
    days = filters.day_asked("day")
    flags = [("open", _("在办")), ("mine", _("我参加的")), ("overdue", _("已超期"))]
    return (
        filters.choice("school", _("学校"), visits.schools_with(actor), many=True),
        filters.choice("kind", _("类型"), codes(KINDS), many=True),
        filters.choice("state", _("状态"), [(s.code, word(s)) for s in SUPERVISION_VISIT.states], many=True),
        filters.choice("flag", _("只看"), flags, many=True),
        filters.month("month", _("月份"), more=True),
        filters.text("q", _("编号、学校、范围或拼音")),
        *([filters.choice("day", _("日期"), days, more=True)] if days else []),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> VisitFilter:
    school, kind, state, flag, month, words, *days = chosen
    return VisitFilter(
        words.one,
        school.chosen,
        kind.chosen,
        state.chosen,
        flag.chosen,
        month.one,
        filters.cursor(),
        days[0].one if days else "",
        filters.order_asked(visits.ORDERS),
    )


@bp.get("/visits")
@needs(VIEW, FEEDBACK)
def index() -> Response:
    """Visits, the latest day first unless told otherwise."""
    actor = current_actor()
    chosen = _filters(actor)
    wanted = _wanted(chosen)
    found = visits.visits_page(actor, wanted)
    return page(
        "improvement/visits/visits.html",
        found=found,
        clocks=chips_of(found.rows),
        opened=decide.among(actor, VIEW, found.rows),
        listing=filters.bar(chosen),
        no_day=filters.no_day("day", next((one for one in chosen if one.name == "day"), None)),
        sort=wanted.sort,
        sort_url=lambda name: filters.order_address(name, wanted.sort),
        export_url=filters.same_query(url_for("visits.export")),
        may_plan=decide.holds(actor, "visits.plan_visit"),
        sees_list=decide.holds(actor, "visits.view_list"),
        next_url=filters.address(after=found.after) if found.after else "",
        first_url=filters.address() if wanted.after else "",
    )


@bp.get("/visits.xlsx")
@needs(VIEW, FEEDBACK)
@throttle.limit(COSTLY)
def export() -> Response:
    """What the list shows, all pages of it, as a workbook."""
    actor = current_actor()
    heads = [
        Head(_("编号"), 14), Head(_("学校"), 20), Head(_("范围"), 40), Head(_("类型"), 10), Head(_("不打招呼"), 10),
        Head(_("日期"), 12, "date"), Head(_("组长"), 10), Head(_("期限"), 12, "date"), Head(_("状态"), 12),
    ]  # fmt: skip
    parts = visits.every_visit(actor, _wanted(_filters(actor)))
    rows = (line for part in parts for line in _lines(part))
    return workbook_file(write_workbook(heads, rows, sheet=_("视导")), "visits")


def _lines(part: list[SupervisionVisit]) -> Iterator[list[Any]]:
    clocks = deadlines.running(part)
    for row in part:
        yield [
            row.number, row.unit.short_name, row.scope, word(KINDS[row.kind]), _("是") if row.is_unannounced else "",
            row.visit_on, row.owner.name, last_day(clocks[row.id].due_at) if row.id in clocks else None,
            word(row.standing),
        ]  # fmt: skip


@bp.get("/visits/today")
@needs("visits.observe_visit")
def today() -> Response:
    """今天去哪所学校、查什么: the visits of a member of the team, the nearest first."""
    return page("improvement/visits/today.html", soon=visits.soon_for(current_actor()))


@bp.get("/visits/<ref>/feedback")
@needs(FEEDBACK)
def feedback(ref: str) -> Response:
    """What a visit found, for staff of the county who took no part in it: once issued, and only where that is its level."""
    return page("improvement/visits/feedback.html", visit=visits.feedback_for(current_actor(), ref))


@bp.get("/visits/<ref>")
@needs(VIEW)
def visit(ref: str) -> Response:
    """One visit: where it stands, who goes, what is looked at, what was found and answered."""
    actor = current_actor()
    found = visits.visit_for(actor, ref)
    entries, earlier = story(actor, [found.id], SHOWN)
    return page(
        "improvement/visits/visit.html",
        visit=found,
        branches=by_branch(found.lines),
        clock_chip=chips_of([found]).get(found.id),
        stops=strip_of(found, path_of(found)),
        waits=whom(
            found, waits(found), *((OBJECTION,) if found.state == "on_site" and found.objection_is_open else ())
        ),
        offers=offers_of(actor, found),
        shown=visits.shows_findings(actor, found),
        is_school=actor.role in SCHOOL_ROLES,
        is_member=any(one.person_id == actor.person_id for one in found.team),
        became=became(actor, found),
        may_plan=decide.may(actor, "visits.plan_visit", found),
        may_settle=found.state == "follow_up" and decide.may(actor, LEAD, found),
        may_write=found.state == "on_site" and decide.may(actor, LEAD, found),
        may_print=decide.may(actor, "visits.print_sheet", found),
        documents=visits.documents_of(actor, found),
        names=visits.observers(actor, found),
        entries=entries,
        earlier=earlier,
        parts=beside.parts(actor, beside.OF_A_VISIT, visits.only(actor, found)) if found.feedback_on else [],
    )


def waits(found: SupervisionVisit) -> tuple[str, str]:
    """Whom the visit waits for, and for what."""
    school, lead = found.unit.short_name, word(PARTIES["inspector"])
    if found.state == "on_site":
        if found.objection_is_open:
            return word(PARTIES["office"]), _("答复申辩")
        if found.may_still_object:
            return school, _("看反馈稿")
        return lead, _("印发反馈单") if found.draft_is_answered else _("查完清单，写下发现")
    reported = found.is_rectification_reported
    said: dict[str, tuple[Any, Any]] = {
        "draft": (lead, _("到校") if found.is_unannounced else _("通知学校")),
        "notified": (school, _("交自查表")),
        "self_reported": (lead, _("到校视导")),
        "feedback_issued": (school, _("回应反馈")),
        "follow_up": (lead, _("核实整改")) if reported else (school, _("交书面整改报告")),
    }
    who, what = said.get(found.state, ("", ""))
    return str(who), str(what)


def crumbs(found: SupervisionVisit, here: str) -> list[tuple[str, str]]:
    """Where a page of a visit is."""
    return [(_("视导"), url_for("visits.index")), (found.number, found.address), (here, "")]
