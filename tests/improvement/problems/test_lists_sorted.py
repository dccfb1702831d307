"""Lists of the loop in every order that a reader may choose: no row lost or shown twice, with equal and with empty values."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import text

from app.core import registers
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.effects.models import ClosureRequest, EffectEvaluation, Recheck
from app.improvement.effects.queries import lists as effects
from app.improvement.monitoring import queries as monitoring
from app.improvement.plans.queries import actions, plans
from app.improvement.plans.routes import action_pages, plan_pages
from app.improvement.visits.queries import visits
from tests.cast import sign_in
from tests.counting import counted_statements as counted
from tests.improvement.problems.scenes import Scene
from tests.registers import Register, walked

HTTPS = "https://localhost"
PAGE, MANY = 3, 8
CODE = "(select code from units u where u.id = t.unit_id)"
NUMBER = "(select number from problem_items i where i.id = t.item_id)"
CLOCK = "(select min(due_at) from deadlines d where d.record_id = t.id and d.closed_at is null) nulls last"
ITEMS = "(select *, row_number() over (order by number) as n from problem_items) s"
SEVERITY = "array_position(array['severe', 'moderate', 'minor'], {}) nulls last"
MADE = {
    "effect_evaluations": f"""with plan as (insert into remediation_plans (county_id, school_id, unit_id, item_id, edition, state)
        select county_id, school_id, unit_id, id, 1, 'active' from {ITEMS} returning *)
        insert into effect_evaluations (county_id, school_id, unit_id, item_id, plan_id, state)
        select county_id, school_id, unit_id, item_id, id, 'draft' from plan""",
    "rechecks": f"""with asked as (insert into closure_requests (county_id, school_id, unit_id, item_id, owner_id, number, state)
        select county_id, school_id, unit_id, id, :owner, 'XH-' || n, 'approved' from {ITEMS} returning *)
        insert into rechecks (county_id, school_id, unit_id, item_id, request_id, due_on, state)
        select county_id, school_id, unit_id, item_id, id, current_date + cast(substr(number, 4) as int) / 2, 'due' from asked""",
    "closure_requests": f"""insert into closure_requests (county_id, school_id, unit_id, item_id, owner_id, number, state,
        submitted_on) select county_id, school_id, unit_id, id, :owner, 'XH-' || (100 - n), 'submitted',
        case when n % 3 > 0 then current_date - cast(n / 3 as int) end from {ITEMS}""",
    "supervision_visits": """insert into supervision_visits (county_id, school_id, unit_id, owner_id, number, kind, scope,
        visit_on, state) select :county, unit, unit, :lead, 'SD-' || n, 'special', '=听课', case when n % 3 > 0 then
        current_date + cast(n / 3 as int) end, 'draft'
        from (select n, case when n % 2 = 0 then :school else cast(:yuntai as uuid) end as unit from generate_series(1, :many) n) s""",
    "remediation_plans": f"""insert into remediation_plans (county_id, school_id, unit_id, item_id, edition, state)
        select county_id, school_id, unit_id, id, 1, 'draft' from {ITEMS}""",
    "remediation_actions": f"""with plan as (insert into remediation_plans (county_id, school_id, unit_id, item_id, edition, state)
        select county_id, school_id, unit_id, id, 1, 'active' from {ITEMS} where n % 2 = 0 returning *)
        insert into remediation_actions (county_id, school_id, unit_id, plan_id, owner_id, title, position, state, state_since)
        select county_id, school_id, unit_id, id, :owner, '=第 ' || m || ' 条', m, 'not_started', now() - make_interval(hours => m)
        from plan, generate_series(1, 2) m""",
    "data_findings": """insert into data_findings (county_id, school_id, unit_id, number, title, source_type, category, known_on,
        state, severity, indicator_id) select :county, unit, unit, 'FX-' || n, '第 ' || n || ' 条发现', 'inspection', 'management',
        current_date, case when n % 4 = 0 then 'watch' else 'candidate' end, (array['minor', 'severe', null])[n % 3 + 1],
        case when n % 2 = 0 then cast(:indicator as uuid) end
        from (select n, case when n > 4 then :school else cast(:yuntai as uuid) end as unit from generate_series(1, :many) n) s""",
}  # fmt: skip
CLOCKS = """insert into deadlines (entity, record_id, county_id, school_id, unit_id, name, started_at, due_at, closed_at)
    select '{table}', id, county_id, school_id, unit_id, state || '.x', now(), now() + make_interval(days => cast(n / 3 as int)),
    case when n % 4 = 0 then now() end from (select *, row_number() over (order by id) as n from {table}) s where n % 3 > 0"""
"""Two of three records have a clock, some at the same time, some stopped for good."""
INDICATOR = "coalesce((select code from indicators x where x.id = t.indicator_id), '')"
OFFICE = {
    "effect_evaluations": ("/evaluations", "evaluations"), "rechecks": ("/rechecks", "rechecks"),
    "closure_requests": ("/closures", "closures"), "supervision_visits": ("/visits", "visits"),
    "remediation_plans": ("/plans", "plans"), "data_findings": ("/monitoring/findings", "monitoring/findings"),
}  # fmt: skip
ORDERS = {
    "effect_evaluations": {
        "number": f"{NUMBER}, id", "unit": f"{CODE}, {NUMBER}, id", "due": f"{CLOCK}, id", "": "id desc",
    },
    "rechecks": {
        "number": f"{NUMBER}, id", "unit": f"{CODE}, due_on, id", "": "due_on, id",
        "closed": "(select closed_on from problem_items i where i.id = t.item_id) nulls last, id",
    },
    "closure_requests": {"submitted": "submitted_on nulls last, id", "number": "number, id", "": "id desc"},
    "supervision_visits": {
        "early": "visit_on nulls last, id", "school": f"{CODE}, visit_on desc nulls first, id desc", "due": f"{CLOCK}, id",
        "": "visit_on desc nulls first, id desc",
    },
    "remediation_plans": {
        "number": f"{NUMBER}, id", "due": f"{CLOCK}, id", "": f"{CODE}, {NUMBER}, id",
        "severity": SEVERITY.format("(select severity from problem_items i where i.id = t.item_id)") + f", {CODE}, {NUMBER}",
    },
    "data_findings": {
        "unit": f"{CODE}, {INDICATOR}, ref", "indicator": f"{INDICATOR}, {CODE}, ref",
        "severity": SEVERITY.format("severity") + f", {CODE}, {INDICATOR}, ref", "state": f"state, {CODE}, {INDICATOR}, ref",
    },
    "remediation_actions": {
        "number": "(select number from problem_items i join remediation_plans p on p.item_id = i.id where p.id = t.plan_id),"
        " position, id",
        "state": "state_since, id",
    },
}  # fmt: skip
EVERY = [(table, sort) for table, orders in ORDERS.items() for sort in orders]


@pytest.fixture
def county(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """Eight issued problems of two schools, some closed on the same day; a page holds three rows."""
    monkeypatch.setattr(registers, "PAGE", PAGE)
    for module in (actions, action_pages, plans, plan_pages):
        monkeypatch.setattr(module, "ROWS", PAGE)
    scene.many(scene.item("accepted").problem_list, MANY - 1)
    use_context(SYSTEM.context())
    moved = """update problem_items set closed_on = case when n % 3 > 0 then current_date - n / 3 end, unit_id = case when n % 2 = 0
        then unit_id else :yuntai end, school_id = case when n % 2 = 0 then school_id else :yuntai end
        from (select id as it, cast(row_number() over (order by number) as int) as n from problem_items) s where it = id"""
    with trail.act(SYSTEM, "system", "test.spread"):
        db.session.execute(text(moved), {"yuntai": scene.cast.units["yuntai"].id})
    return scene


def _written(scene: Scene, table: str) -> None:
    cast = scene.cast
    given = {
        "county": cast.county.id, "many": MANY, "yuntai": cast.units["yuntai"].id, "school": cast.units["shuangqiao"].id,
        "owner": cast["subject_teacher"].person_id, "lead": cast["inspector"].person_id,
        "indicator": scene.indicator().id,
    }  # fmt: skip
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.lists"):
        db.session.execute(text(MADE[table]), given)
        db.session.execute(text(CLOCKS.format(table=table)))


def _in_order(table: str, sort: str) -> list[str]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(text(f"select ref from {table} t order by {ORDERS[table][sort]}")))


def _register(table: str, sort: str) -> Register:
    if table == "remediation_actions":
        return Register(
            "grade_leader", f"/actions?whose=mine&sort={sort}", table, "", r'href="/actions/([0-9a-f]{16})"', ""
        )
    address, path = OFFICE[table]
    asked = f"{address}?sort={sort}" if sort else address
    return Register("office_director", asked, table, "", rf'href="/{path}/([0-9a-f]{{16}})"', "")


def test_every_order_that_is_declared_is_walked() -> None:
    declared = {
        "effect_evaluations": {*effects.ORDERS[EffectEvaluation]}, "rechecks": {*effects.ORDERS[Recheck]},
        "closure_requests": {*effects.ORDERS[ClosureRequest]}, "supervision_visits": {*visits.ORDERS},
        "remediation_plans": {*plans.ORDERS}, "data_findings": {*monitoring.FINDING_ORDERS},
        "remediation_actions": {*actions.ORDERS},
    }  # fmt: skip
    assert {table: set(orders) - {""} for table, orders in ORDERS.items()} == declared


@pytest.mark.parametrize(("table", "sort"), EVERY)
def test_in_every_order_each_row_stands_on_exactly_one_page(app: Flask, county: Scene, table: str, sort: str) -> None:
    _written(county, table)
    one = _register(table, sort)
    key = "subject_teacher" if table == "remediation_actions" else one.key
    pages = walked(sign_in(app.test_client(), county.cast[key]), one)
    assert [len(page) for page in pages] == [PAGE, PAGE, MANY - 2 * PAGE]
    assert [row for page in pages for row in page] == _in_order(table, sort)


@pytest.mark.parametrize("table", [*OFFICE, "remediation_actions"])
def test_the_workbook_has_all_pages_in_the_order_of_the_page_and_no_formula(
    app: Flask, county: Scene, table: str
) -> None:
    _written(county, table)
    sort = next(iter(ORDERS[table]))
    key = "subject_teacher" if table == "remediation_actions" else "office_director"
    client: Any = sign_in(app.test_client(), county.cast[key])
    page = client.get(_register(table, sort).address, base_url=HTTPS).text
    export = re.search(r'class="btn" href="([^"]*(?:xlsx|export)[^"]*)"', page)
    assert export is not None and f"sort={sort}" in export[1]
    with counted() as asked:
        answer = client.get(export[1].replace("&amp;", "&"), base_url=HTTPS)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    heads, *rows = book.active.values
    assert len(rows) == MANY and len(asked) <= 30
    where = heads.index("申请编号" if table == "closure_requests" else "编号")
    column = {"supervision_visits": "number", "data_findings": "number", "closure_requests": "number"}.get(table)
    if column:
        named = {row.ref: row.number for row in db.session.execute(text(f"select ref, number from {table}"))}
        assert [row[where] for row in rows] == [named[ref] for ref in _in_order(table, sort)]
    else:
        assert [row[where] for row in rows] == sorted(row[where] for row in rows)
    assert not [cell for row in book.active.iter_rows() for cell in row if cell.data_type == "f"]


def test_a_teacher_takes_along_the_own_measures_and_nobody_elses(app: Flask, county: Scene) -> None:
    _written(county, "remediation_actions")
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.others"):
        moved = "update remediation_actions set owner_id = :other, title = '别人的措施' where position = 2"
        db.session.execute(text(moved), {"other": county.cast["homeroom_teacher"].person_id})
    client: Any = sign_in(app.test_client(), county.cast["subject_teacher"])
    answer = client.get("/actions/export.xlsx?whose=unit", base_url=HTTPS)
    heads, *rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.values
    assert len(rows) == MANY / 2 and "别人的措施" not in str(rows)
    with client.session_transaction(base_url=HTTPS) as session:
        session["language"] = "en"
    english = client.get("/actions/export.xlsx", base_url=HTTPS)
    first = next(iter(openpyxl.load_workbook(io.BytesIO(english.data)).active.values))
    assert (heads[0], first[0], first[3]) == ("措施", "Measures", "Person in charge"), "heads in the reader's language"


def test_an_order_is_no_condition_that_could_leave_a_list_empty(app: Flask, county: Scene) -> None:
    client: Any = sign_in(app.test_client(), county.cast["subject_teacher"])
    page = client.get("/actions?sort=number", base_url=HTTPS).text
    assert "现在没有要做的措施" in page and "没有符合条件的措施" not in page
    _written(county, "remediation_actions")
    assert "先办这件" in client.get("/actions", base_url=HTTPS).text
    assert "先办这件" not in client.get("/actions?sort=number", base_url=HTTPS).text, "the order is the reader's own"


def test_a_school_finds_no_visit_in_the_workbook_that_its_page_keeps_from_it(app: Flask, county: Scene) -> None:
    _written(county, "supervision_visits")
    client: Any = sign_in(app.test_client(), county.cast["principal"])
    answer = client.get("/visits.xlsx", base_url=HTTPS)
    assert answer.status_code == 200
    _heads, *rows = openpyxl.load_workbook(io.BytesIO(answer.data)).active.values
    assert rows == [], "a visit that is planned and not announced is not known to the school"


@pytest.mark.parametrize("table", OFFICE)
def test_an_order_asks_the_database_for_no_more_than_where_its_page_ends(app: Flask, county: Scene, table: str) -> None:
    _written(county, table)
    client: Any = sign_in(app.test_client(), county.cast["office_director"])
    client.get(OFFICE[table][0], base_url=HTTPS)
    with counted() as usual:
        client.get(OFFICE[table][0], base_url=HTTPS)
    for sort in ORDERS[table]:
        with counted() as asked:
            client.get(_register(table, sort).address, base_url=HTTPS)
        assert len(asked) <= len(usual) + 1, f"{sort}: more than the one look at where the last row stands"
