"""The matrix of domain §2.3 as it is typed: every role × P0–P8 × page, API, export, search, notification, SQL as the app role.

`GIVEN` is the specification. Whatever is not named there is refused, and that is asked for as well: no cell is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

from app.care.figures.models import FigureRelease, FigureSnapshot, PublishedFigure
from app.care.screening.models import CriticalAlert
from app.core.audit import trail
from app.core.clock import today
from app.core.database import Base, db, use_context, uuid7
from app.core.outbox.handlers import HANDLERS
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.decide import holds
from app.core.policy.roles import HOLDERS, ROLES
from app.core.web.current import PUBLIC, SIGNED_IN
from tests.care.access.conftest import NAME, Story
from tests.care.taking_part import door
from tests.care.terms import BORN
from tests.cast import sign_in
from tests.policy.addresses import rights_of, routes
from tests.policy.stage import words_in

CLASSES = ("P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8")
CHANNELS = ("page", "API", "export", "search", "notification", "SQL")
EVERYBODY = (*sorted(ROLES), *sorted(HOLDERS))
GIVEN: dict[str, frozenset[str]] = {
    "school_counselor": frozenset({"P0", "P1", "P2", "P3", "P4", "P6", "P7"}),
    "psych_expert": frozenset({"P1", "P2", "P3", "P4", "P6", "P7"}),
    "psych_center_lead": frozenset({"P0", "P1", "P6"}),
    "school_psych_lead": frozenset({"P0", "P1", "P2", "P6"}),
    "principal": frozenset({"P0", "P1"}),
    "homeroom_teacher": frozenset({"P1"}),
    "bureau_psych_officer": frozenset({"P0"}),
    "leading_group_head": frozenset({"P0"}),
    "leading_group_member": frozenset({"P0"}),
    "inspector": frozenset({"P0"}),
    "city_officer": frozenset({"P0"}),
    "province_viewer": frozenset({"P0"}),
    "student": frozenset({"P4"}),
}
"""Role → classes of a child in its reach (own school, own class, own case, red for principal and centre) by page and SQL.

P5 and P8 have no table and no page yet: `WITHOUT_A_TABLE` goes red the day one comes. A student sees the own answers
while answering; what was handed in stays the student's own by SQL and is on no page.
"""
BY_PAGE_ONLY_WHILE_ANSWERING = {("student", "P4")}
HELD: dict[str, tuple[str, ...]] = {
    "P1": ("rainbow_tiers", "rainbow_assessments", "care_duties"),
    "P2": ("rainbow_computations",),
    "P3": ("scale_results", "professional_assessments"),
    "P4": ("scale_responses",),
    "P6": ("critical_alerts",),
    "P7": ("risk_facts",),
}
"""Class → tables that hold it."""
OWN_WORK = {
    "teacher_ratings", "help_calls", "code_change_requests", "change_evidence", "break_glass", "identity_grants", "rights_requests", "emergency_notices", "handovers",
    "paper_sheets",
}  # fmt: skip
"""Tables of care that hold what somebody wrote or asked for, walled for those who did: tested beside their deeds."""
WALLS = {
    "care", "care_case", "care_class", "care_asked", "class_duty", "levels", "county_levels", "proposals", "alerts",
    "answers", "own_call", "requests",
}  # fmt: skip
COUNTED = ("figure_snapshots", "figure_releases", "published_figures")
"""Tables of counts: they hold no child, and by SQL they show themselves to those alone who read counts."""
BY_FUNCTION = "care.region_figures()"
"""What city and province read instead: numbers that were let out for them, and no table."""
WITHOUT_A_TABLE = ("session_notes", "case_notes", "crisis_events", "referrals")
LEVEL = re.compile(r"level-(red|orange|yellow|green)|需要马上帮助|紧急关注")
MARKS: dict[str, re.Pattern[str]] = {
    "P1": re.compile(rf"{LEVEL.pattern}|{NAME}(?=.*data-name=.专家)|编号 [0-9A-F]{{6}}</td>", re.S),
    "P2": re.compile("基础信息|隔代抚养"),
    "P3": re.compile(r"total \d"),
    "P4": re.compile("有不如死掉"),
    "P6": re.compile(f"<h1>{NAME}|/alerts/[0-9a-f]{{16}}|学校还没有人接手"),
    "P7": re.compile("低保|民政部门"),
}
"""Words that stand on a page only with a class of data."""
IN_A_LETTER = {"P6": re.compile("危机|心理|彩虹")}
"""A letter may lead to the page of an alert, whose address says nothing; it does not say what waits there (G8)."""


def pages(story: Story, proposal: str, alert: str) -> dict[str, tuple[str, ...]]:
    """Class → pages that may show it, as addresses that were asked for with a click."""
    student = f"/support/students/{story.ref}"
    return {
        "P1": ("/support/class?shown=1", "/support/levels?shown=1", "/support/urgent?shown=1", f"/support/proposals/{proposal}"),
        "P2": (f"{student}/factors?shown=1", f"/support/proposals/{proposal}"),
        "P3": (f"{student}/results?shown=1",),
        "P4": (f"{student}/answers?purpose=interview",),
        "P6": ("/alerts", f"/alerts/{alert}", "/support/urgent"),
        "P7": (f"/support/proposals/{proposal}",),
    }  # fmt: skip


@dataclass
class Seat:
    """One role with its browser and its context."""

    app: Flask
    story: Story
    role: str
    actor: Actor
    client: FlaskClient
    person: Any


def seated(app: Flask, story: Story, role: str) -> Seat:
    if role in ROLES:
        player = story.cast[role]
        return Seat(app, story, role, story.cast.actor(role), sign_in(app.test_client(), player), player.person_id)
    slip = story.term.slips["学生00", "student" if role == "student" else "guardian1"]
    holder = story.term.family.come_in(slip)
    client = app.test_client()
    assert door(client, slip, BORN).status_code == 303
    return Seat(app, story, role, holder.actor, client, None)


def by_sql(seat: Seat, group: str) -> bool:
    """Whether plain SQL in the role's own context shows anything of the class of this child."""
    use_context(seat.actor.context())
    child = {"id": seat.story.child}
    if group == "P0":
        assert not any("student_id" in table.c for name, table in Base.metadata.tables.items() if name in COUNTED)
        counts = [f"select count(*) from {table}" for table in (*COUNTED, BY_FUNCTION)]  # noqa: S608
        return any(db.session.execute(text(one)).scalar_one() for one in counts)
    asked = [f"select count(*) from {table} where student_id = :id" for table in HELD.get(group, ())]  # noqa: S608
    if group == "P2":
        asked.append("select coalesce(max(cardinality(kinds)), 0) from care.kinds_of_facts(:id)")
    return any(db.session.execute(text(one), child).scalar_one() for one in asked)


def by_page(seat: Seat, group: str, found: dict[str, str]) -> bool:
    """Whether one of the pages of the class shows it."""
    mark = MARKS.get(group)
    return mark is not None and any(mark.search(body) for body in found.values())


def opened(seat: Seat, addresses: tuple[str, ...]) -> dict[str, str]:
    """Address → words of the page, empty where the page is not for this role; whatever else comes is a fault."""
    bodies = {}
    for address in addresses:
        answer = seat.client.get(address, base_url="https://localhost")
        assert answer.status_code in (200, 302, 303, 401, 404), (seat.role, address, answer.status_code)
        bodies[address] = words_in(answer.get_data()) if answer.status_code == 200 else ""
    return bodies


def lists(seat: Seat) -> Iterator[tuple[str, str, str]]:
    """(kind, address, words) of every page without a record that the role may open, asked with the name and a level."""
    asked = {"q": NAME, "search": NAME, "name": NAME, "tier": "red", "level": "red", "sort": "tier", "order": "level"}
    for method, rule in routes(seat.app):
        rights = rights_of(seat.app, rule)
        if method != "GET" or rule.arguments or rights[0] in (PUBLIC, SIGNED_IN):
            continue
        if not any(holds(seat.actor, right) for right in rights):
            continue
        answer = seat.client.get(rule.rule, query_string=asked, base_url="https://localhost")
        if answer.status_code != 200:
            continue
        kind = "search" if answer.mimetype == "text/html" else "export"
        yield kind, rule.rule, words_in(answer.get_data())


def figures(app: Flask) -> tuple[str, ...]:
    """Pages of the figures of care that name no record."""
    found = tuple(
        rule.rule
        for method, rule in routes(app)
        if method == "GET"
        and not rule.arguments
        and app.view_functions[rule.endpoint].__module__.startswith("app.care.figures")
    )
    assert found
    return found


def letters_of(seat: Seat) -> str:
    use_context(SYSTEM.context())
    found = db.session.scalars(select(InboxLetter).where(InboxLetter.person_id == seat.person)).all()
    return "\n".join(f"{one.title_zh} {one.title_en} {one.address}" for one in found)


def deliver() -> None:
    """Every letter of the story so far."""
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind.in_(("step_taken", "alert_waits")))).all():
        HANDLERS[row.kind](row)


def _prepared(story: Story) -> tuple[str, str]:
    """A running proposal and an alert that reached the third level: (ref of the proposal, ref of the alert)."""
    with trail.act(SYSTEM, "system", "test.alert"):
        db.session.execute(update(CriticalAlert).values(told=3))
    deliver()
    _counted(story)
    use_context(SYSTEM.context())
    proposal = db.session.execute(
        text("select ref from rainbow_assessments where student_id = :id"), {"id": story.child}
    )
    alert = db.session.execute(text("select ref from critical_alerts where student_id = :id"), {"id": story.child})
    return str(proposal.scalars().first()), str(alert.scalars().first())


def _counted(story: Story) -> None:
    """One row of every kind of counts: a week of the county and of the school, its process facts, a release with its numbers."""
    place = {"id": uuid7(), "county_id": story.cast.county.id, "content": {}, "content_sha256": "0" * 64}
    week = place | {"taken_on": today(), "school_year": 2026, "school_id": None, "kind": "week"}
    school, who = story.cast.units["shuangqiao"].id, story.cast["school_counselor"].person_id
    release = place | {
        "id": uuid7(), "snapshot_id": week["id"], "unit_id": story.cast.county.id, "year": 2026, "number": 1,
        "period": "秋季", "prepared_by": who, "state": "published", "published_on": today(), "school_id": None,
    }  # fmt: skip
    number = {
        "county_id": story.cast.county.id, "release_id": release["id"], "unit_id": story.cast.county.id, "code": "coverage",
        "kind": "share", "period": "秋季", "value": 0.75, "low": 0.72, "high": 0.77, "n": 1200,
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.figures"):
        weeks = [week] + [week | {"id": uuid7(), "school_id": school, "kind": kind} for kind in ("week", "process")]
        db.session.execute(insert(FigureSnapshot), weeks)
        db.session.execute(insert(FigureRelease), [release])
        db.session.execute(
            insert(PublishedFigure), [number | {"id": uuid7(), "audience": one} for one in ("group", "region")]
        )


@pytest.mark.parametrize("role", EVERYBODY)
def test_security_23_every_cell_of_the_matrix_is_as_it_is_written(role: str, app: Flask, told_of: Story) -> None:
    proposal, alert = _prepared(told_of)
    seat = seated(app, told_of, role)
    given, where = GIVEN.get(role, frozenset()), pages(told_of, proposal, alert)
    faults: list[str] = []
    cells = 0

    def cell(group: str, channel: str, shows: bool, wanted: bool) -> None:
        nonlocal cells
        cells += 1
        if shows != wanted:
            faults.append(f"{role} {group} {channel}: {'shows' if shows else 'does not show'}")

    bodies = opened(seat, tuple(dict.fromkeys(address for found in where.values() for address in found)))
    crawled = list(lists(seat)) if role in ROLES else []
    inbox = letters_of(seat)
    api = "\n".join(opened(seat, tuple(rule.rule for method, rule in routes(app) if method == "GET" and
                                       rule.rule.startswith("/api/v1/") and not rule.arguments)).values())  # fmt: skip
    for group in CLASSES:
        mark = MARKS.get(group, re.compile(re.escape(NAME)))
        page = by_page(seat, group, {address: bodies[address] for address in where.get(group, ())})
        built = group in HELD
        if group == "P0":
            page = bool([body for body in opened(seat, figures(app)).values() if body])
            built = True
        cell(group, "page", page, built and group in given and (role, group) not in BY_PAGE_ONLY_WHILE_ANSWERING)
        cell(group, "SQL", by_sql(seat, group), (group in HELD or group == "P0") and group in given)
        for kind in ("search", "export"):
            shown = [address for found, address, body in crawled if found == kind and mark.search(body)]
            allowed = group in given and kind == "search"
            listed = {address.partition("?")[0] for address in where.get(group, ())} if allowed else set()
            cell(group, kind, bool([one for one in shown if one not in listed and group in MARKS]), False)
        cell(group, "notification", bool(IN_A_LETTER.get(group, mark).search(inbox)) or NAME in inbox, False)
        cell(group, "API", bool(mark.search(api)) or NAME in api, False)
    print(f"{role}: {cells} cells = {len(CLASSES)} classes × {len(CHANNELS)} ways")
    assert cells == len(CLASSES) * len(CHANNELS)
    assert not faults, "\n".join(faults)


def test_the_cells_are_the_product_and_every_role_has_its_row() -> None:
    cells = len(EVERYBODY) * len(CLASSES) * len(CHANNELS)
    print(f"{cells} cells = {len(EVERYBODY)} roles × {len(CLASSES)} classes × {len(CHANNELS)} ways")
    assert cells == (len(ROLES) + len(HOLDERS)) * 9 * 6
    assert not set(GIVEN) - set(EVERYBODY)
    assert not {"referral_agent", "dept_data_officer", "grid_worker"} & set(EVERYBODY), "give them their row of §2.3"


def test_every_walled_table_of_care_is_a_class_of_the_matrix() -> None:
    """A new table of a child's data has to be given its class, and with it its cells."""
    walled = {
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if getattr(mapper.class_, "__protection__", None) in WALLS
    }
    named = {table for tables in HELD.values() for table in tables} | OWN_WORK
    assert walled <= named, f"Give a class of §2.3 to {sorted(walled - named)}"
    there = {mapper.local_table.name for mapper in Base.registry.mappers}
    assert not there & set(WITHOUT_A_TABLE), "P5, P6 or P8 has a table now: write its cells"


def test_security_31_lists_are_never_narrowed_or_ordered_by_a_level(app: Flask, told_of: Story) -> None:
    client = sign_in(app.test_client(), told_of.cast["homeroom_teacher"])
    plain = client.get("/support/class", base_url="https://localhost").text
    for asked in ("tier=red", "level=red", "sort=tier", "order=-level", "filter=red"):
        narrowed = client.get(f"/support/class?{asked}", base_url="https://localhost").text
        assert re.findall(r"<td class=\"t-title\">.*?</td>", narrowed) == re.findall(
            r"<td class=\"t-title\">.*?</td>", plain
        )
