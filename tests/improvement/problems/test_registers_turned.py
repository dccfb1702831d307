"""Lists of the bureau turn their pages: proposals, errands, what is to be judged, roles, evidence of protection, frozen days."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from app.core import registers
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.reopenings import proposed
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.problems.scenes import Scene
from tests.registers import Register, walked

HTTPS = "https://localhost"
PAGE, MANY = 3, 8
HOUR = "now() - make_interval(hours => cast(n / 2 as int))"
SERIES = "generate_series(1, :many) n"
ITEMS = "(select *, row_number() over (order by number) as n from problem_items) s"
REGISTERS = {
    "reopenings": Register(
        "office_director", "/reopenings", "reopenings", "state <> 'proposed', created_at desc, id desc",
        r'href="/reopenings/([0-9a-f]{16})"',
        f"""insert into reopenings (county_id, school_id, unit_id, item_id, trigger, grounds, created_at, state)
        select county_id, school_id, unit_id, id, 'recurrence', '又出现了', {HOUR},
        case when n % 3 > 0 then 'proposed' else 'dismissed' end from {ITEMS}""",
    ),
    "errands": Register(
        "yuntai_principal", "/hand-offs", "item_errands", "promised_on, number, id", r'href="/hand-offs/([0-9a-f]{16})"',
        f"""insert into item_errands (county_id, school_id, item_id, unit_id, responsible_unit_id, number, title, note,
        handed_on, promised_on) select county_id, :yuntai, id, :yuntai, unit_id, number, title, '请来听课', current_date,
        current_date + cast(n / 2 as int) from {ITEMS}""",
    ),
    "judging": Register(
        "evaluator", "/verification", "remediation_actions", "state_since, id", r'href="/verification/([0-9a-f]{16})"',
        f"""insert into remediation_actions (county_id, school_id, unit_id, plan_id, owner_id, title, state, state_since)
        select county_id, school_id, unit_id, id, :owner, '第 ' || n || ' 条措施', 'evidence_submitted', {HOUR}
        from remediation_plans, {SERIES}""",
    ),
    "roles": Register(
        "security_admin", "/role-requests?show=settled", "role_requests", "id desc", r'href="/role-requests/([0-9a-f]{16})"',
        f"""insert into role_requests (county_id, unit_id, person_id, role, from_on, requested_by, decided_by, decision)
        select :county, :county, :owner, 'evaluator', current_date, :person, :decider, 'declined' from {SERIES}""",
    ),
    "asked": Register(
        "security_admin", "/role-requests", "role_requests", "id", r'href="/role-requests/([0-9a-f]{16})"',
        f"""insert into role_requests (county_id, unit_id, person_id, role, from_on, requested_by)
        select :county, :county, :owner, 'evaluator', current_date, :person from {SERIES}""",
    ),
    "controls": Register(
        "auditor", "/audit/controls", "control_reports", "asked_at desc, id desc", r'href="/audit/controls/([0-9a-f]{16})"',
        f"""insert into control_reports (county_id, asked_by, asked_at, level) select :county, :owner, {HOUR}, '3'
        from {SERIES}""",
    ),
    "ledger": Register(
        "office_director", "/boards/ledger", "board_snapshots", "taken_on desc, id desc",
        r'href="/boards/ledger/([0-9a-f]{16})',
        f"""insert into board_snapshots (county_id, taken_on, made_at, figures, item_count, ledger, ledger_sha256)
        select :county, current_date - cast(n as int), now(), '{{}}', 0, '[]', '' from {SERIES}""",
    ),
}  # fmt: skip


@pytest.fixture
def county(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """So many issued problems of one list, a plan for the first; a page holds three rows."""
    monkeypatch.setattr(registers, "PAGE", PAGE)
    item = scene.item("accepted")
    scene.many(item.problem_list, MANY - 1)
    return scene


def written(scene: Scene, one: Register) -> list[str]:
    """The refs of the rows that are made, in the order that the register declares."""
    cast = scene.cast
    if one.table == "remediation_actions":
        item = db.session.query(ProblemItem).filter(ProblemItem.state == "accepted").first()
        assert item is not None
        scene.plan(item, "active")
    use_context(SYSTEM.context())
    given = {
        "county": cast.county.id, "many": MANY, "yuntai": cast.units["yuntai"].id,
        "owner": cast["subject_teacher"].person_id, "person": cast["principal"].person_id,
        "decider": cast["security_admin"].person_id,
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.registers"):
        db.session.execute(text(one.made), given)
    where = "where state = 'evidence_submitted'" if one.table == "remediation_actions" else ""
    return list(db.session.scalars(text(f"select ref from {one.table} {where} order by {one.order}")))


@pytest.mark.parametrize("name", REGISTERS)
def test_every_row_stands_on_exactly_one_page_in_the_order_of_the_register(
    app: Flask, county: Scene, name: str
) -> None:
    one = REGISTERS[name]
    refs = written(county, one)
    pages = walked(sign_in(app.test_client(), county.cast[one.key]), one)
    assert [len(page) for page in pages] == [PAGE, PAGE, MANY - 2 * PAGE]
    assert [row for page in pages for row in page] == refs


@pytest.mark.parametrize("name", REGISTERS)
def test_a_page_behind_an_unknown_record_is_empty_and_says_so(app: Flask, county: Scene, name: str) -> None:
    one = REGISTERS[name]
    written(county, one)
    client: Any = sign_in(app.test_client(), county.cast[one.key])
    answer = client.get(f"{one.address}{'&' if '?' in one.address else '?'}after=0000000000000000", base_url=HTTPS)
    assert answer.status_code == 200 and not re.findall(one.row, answer.text)
    assert "这一页没有记录" in answer.text and "回到第一页" in answer.text


def test_the_number_of_proposals_on_the_first_page_is_of_all(app: Flask, county: Scene) -> None:
    written(county, REGISTERS["reopenings"])
    waiting = db.session.scalar(text("select count(*) from reopenings where state = 'proposed'"))
    assert waiting == 6 > PAGE
    actor = act_as(county.actor("office_director"))
    assert proposed(actor) == waiting
    page = (
        sign_in(app.test_client(), county.cast["office_director"])
        .get("/reopenings?state=proposed", base_url=HTTPS)
        .text
    )
    assert "条提议" not in page and f"本页 {PAGE} 条" in page, "a page's number is not told as the number of all"
