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
from app.improvement.plans.queries import actions
from app.improvement.plans.routes import action_pages
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.queries.reopenings import proposed
from tests.by_hand import by_hand
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.problems.scenes import Scene
from tests.registers import Register, takes_no_other_along, walked

HTTPS = "https://localhost"
PAGE, MANY = 3, 8
HOUR = "now() - make_interval(hours => cast(n / 2 as int))"
SERIES = "generate_series(1, :many) n"
ROUND = """monitoring_cycles (county_id, code, name, level, stage, grades, subjects, instrument, instrument_version, coverage,
    indicator_codes, benchmark_source, starts_on, ends_on, state) select :county, 'R-' || n, '第 ' || n || ' 轮', 'county', 'primary',
    '[]', '[]', '试卷', '1', 'full', '[]', '', current_date - cast(n / 2 as int), current_date, 'released' from"""
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
    "measures": Register(
        "subject_teacher", "/actions?whose=mine", "remediation_actions", "planned_end nulls last, id",
        r'href="/actions/([0-9a-f]{16})"',
        """insert into remediation_actions (county_id, school_id, unit_id, plan_id, owner_id, title, state, planned_end)
        select county_id, school_id, unit_id, id, :owner, '第 ' || n || ' 条措施', 'not_started',
        case when n % 4 > 0 then current_date + cast(n / 2 as int) end from remediation_plans, generate_series(1, :many - 1) n""",
    ),
    "lists": Register(
        "office_director", "/lists?sort=issued", "problem_lists", "issued_on desc nulls first, id desc",
        r'href="/lists/([0-9a-f]{16})"',
        """insert into problem_lists (county_id, unit_id, owner_id, level, number, title, state, issued_on)
        select :county, :county, :owner, 'county', 'QD-' || n, '第 ' || n || ' 份清单', case when n < 6 then 'draft' else 'issued' end,
        case when n >= 6 then current_date - cast(n / 2 as int) end from generate_series(1, :many - 1) n""",
    ),
    "rechecks": Register(
        "office_director", "/rechecks", "rechecks", "due_on, id", r'href="/rechecks/([0-9a-f]{16})"',
        f"""with asked as (insert into closure_requests (county_id, school_id, unit_id, item_id, owner_id, number, state)
        select county_id, school_id, unit_id, id, :owner, 'XH-' || n, 'approved' from {ITEMS} returning *)
        insert into rechecks (county_id, school_id, unit_id, item_id, request_id, due_on, state)
        select county_id, school_id, unit_id, item_id, id, current_date + cast(substr(number, 4) as int) / 2, 'due' from asked""",
    ),
    "findings": Register(
        "evaluator", "/monitoring/findings", "data_findings", "(select code from units where units.id = unit_id), ref",
        r'href="/monitoring/findings/([0-9a-f]{16})"',
        f"""insert into data_findings (county_id, school_id, unit_id, number, title, source_type, category, known_on, state)
        select :county, unit, unit, 'FX-' || n, '第 ' || n || ' 条发现', 'inspection', 'management', current_date, 'candidate'
        from (select n, case when n % 2 = 0 then :school else cast(:yuntai as uuid) end as unit from {SERIES}) s""",
    ),
    "rounds": Register(
        "evaluator", "/monitoring/cycles", "monitoring_cycles", "starts_on desc, id desc",
        r'href="/monitoring/cycles/([0-9a-f]{16})"', f"insert into {ROUND} {SERIES}",
    ),
    "packages": Register(
        "principal", "/monitoring/school-results", "release_acks", "released_on desc, id",
        r'href="/monitoring/school-results/([0-9a-f]{16})"',
        f"""with asked as (insert into {ROUND} {SERIES} returning *)
        insert into release_acks (county_id, school_id, unit_id, cycle_id, cycle_name, released_on, package, state)
        select county_id, :school, :school, id, name, starts_on, '{{}}', 'acknowledged' from asked""",
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
    monkeypatch.setattr(actions, "ROWS", PAGE)
    monkeypatch.setattr(action_pages, "ROWS", PAGE)
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
        "county": cast.county.id, "many": MANY, "yuntai": cast.units["yuntai"].id, "school": cast.units["shuangqiao"].id,
        "owner": cast["subject_teacher"].person_id, "person": cast["principal"].person_id,
        "decider": cast["security_admin"].person_id,
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "test.registers"):
        db.session.execute(text(one.made), given)
    where = "where state = 'evidence_submitted'" if one.address == "/verification" else ""
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


MOVED = {
    "reopenings": "update reopenings set state = 'dismissed' where ref = :ref",
    "errands": "update item_errands set promised_on = current_date + 90 where ref = :ref",
    "judging": "update remediation_actions set state = 'completed' where ref = :ref",
    "roles": "update role_requests set decision = null, decided_by = null where ref = :ref",
    "lists": "update problem_lists set issued_on = current_date - 400 where ref = :ref",
    "rechecks": "update rechecks set due_on = current_date + 90 where ref = :ref",
    "rounds": "update monitoring_cycles set starts_on = current_date - 90 where ref = :ref",
    "packages": "update release_acks set released_on = current_date - 90 where ref = :ref",
    "findings": "update data_findings set unit_id = (select id from units where kind = 'school' order by code desc limit 1)"
    " where ref = :ref",
    "measures": "update remediation_actions set planned_end = current_date + 90 where ref = :ref",
}
"""What happens to a row between two pages, so that it stands further back, or in the register no more."""


@pytest.mark.parametrize("name", MOVED)
def test_a_row_that_goes_to_another_place_while_pages_are_turned_takes_no_other_with_it(
    app: Flask, county: Scene, name: str
) -> None:
    one = REGISTERS[name]
    takes_no_other_along(sign_in(app.test_client(), county.cast[one.key]), one, written(county, one), MOVED[name])


def test_a_measure_that_is_done_while_pages_are_turned_pulls_none_over_their_edge(app: Flask, county: Scene) -> None:
    one = REGISTERS["measures"]
    refs = written(county, one)
    client = sign_in(app.test_client(), county.cast[one.key])

    def done(page: list[str]) -> None:
        use_context(SYSTEM.context())
        with by_hand("test.done"):
            db.session.execute(
                text("update remediation_actions set state = 'completed' where ref = any(:refs)"), {"refs": page}
            )

    assert [row for page in walked(client, one, between=done) for row in page] == refs
    use_context(SYSTEM.context())
    with by_hand("test.undone"):
        db.session.execute(
            text("update remediation_actions set state = 'not_started' where ref = any(:refs)"), {"refs": refs}
        )
    counted: Any = client.get(f"{one.address}&after={PAGE}", base_url=HTTPS)
    assert re.findall(one.row, counted.text) == refs[PAGE : 2 * PAGE], "addresses that count rows still lead there"


@pytest.mark.parametrize("name", ["lists", "rechecks", "findings", "rounds", "packages"])
def test_a_cursor_that_is_a_mere_reference_leads_behind_its_row(app: Flask, county: Scene, name: str) -> None:
    one = REGISTERS[name]
    refs = written(county, one)
    client: Any = sign_in(app.test_client(), county.cast[one.key])
    address = f"{one.address}{'&' if '?' in one.address else '?'}after={refs[PAGE - 1]}"
    assert list(dict.fromkeys(re.findall(one.row, client.get(address, base_url=HTTPS).text))) == refs[PAGE : 2 * PAGE]


def test_where_a_row_stood_in_one_order_says_nothing_of_another(app: Flask, county: Scene) -> None:
    one = REGISTERS["lists"]
    refs = written(county, one)
    client: Any = sign_in(app.test_client(), county.cast[one.key])
    by_number = client.get("/lists?sort=number", base_url=HTTPS).text
    last = list(dict.fromkeys(re.findall(one.row, by_number)))[-1]
    cursor = re.search(r"after=([^\"&]+)\" rel=\"next\"", by_number)
    assert cursor is not None and "." in cursor[1]
    behind = client.get(f"{one.address}&after={cursor[1]}", base_url=HTTPS).text
    place = refs.index(last) + 1
    assert list(dict.fromkeys(re.findall(one.row, behind))) == refs[place : place + PAGE]


def test_where_a_row_stood_is_told_to_nobody_else(app: Flask, county: Scene) -> None:
    one = REGISTERS["reopenings"]
    refs = written(county, one)
    director, head = (sign_in(app.test_client(), county.cast[key]) for key in ("office_director", "leading_group_head"))
    found = re.search(r'href="([^"]+)" rel="next"', director.get(one.address, base_url=HTTPS).text)
    assert found is not None and refs[PAGE - 1] in found[1] and len(found[1]) < 400
    use_context(SYSTEM.context())
    with by_hand("test.moved"):
        db.session.execute(text(MOVED["reopenings"]), {"ref": refs[PAGE - 1]})
    behind_it = re.findall(one.row, director.get(found[1], base_url=HTTPS).text)
    assert behind_it == refs[PAGE : 2 * PAGE]
    for address in (found[1].partition(".")[0], found[1][:-9] + "A" * 9):
        assert re.findall(one.row, director.get(address, base_url=HTTPS).text) != behind_it
    assert re.findall(one.row, head.get(found[1], base_url=HTTPS).text) != behind_it


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
