"""Every register of care and of the watchers turns its pages: nothing is left out, nothing comes twice, a foreign edge tells nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.care.consent.models import ConsentRound
from app.care.consent.queries.rounds import rounds
from app.care.protection.models import ImpactAssessment
from app.care.rainbow.queries import proposals
from app.core import clock, registers
from app.core.audit import trail
from app.core.casework import waiting
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.care.assessed import assessed
from tests.care.figures_of_care import COMPUTED, fill
from tests.cast import Cast, sign_in
from tests.registers import Register, takes_no_other_along, walked
from workflows.care.care_duty import CARE_DUTY

HTTPS = "https://localhost"
PAGE, MANY = 7, 17
PUPILS = "(select *, row_number() over (order by student_no) as n from students where county_id = :county) s where n <= :many"
HOUR = "now() - make_interval(hours => cast(n / 3 as int))"
CHILD = "county_id, school_id, student_id"
SERIES = "generate_series(1, :many) n"


def eight(ref: str) -> str:
    return ref[:8]


def six(ref: str) -> str:
    return ref[:6].upper()


ALERTS = f"""insert into critical_alerts ({CHILD}, kind, raised_on, accept_by, told)
    select county_id, school_id, id, case when n % 3 = 0 then 'O1a' else 'O1b' end, current_date,
    case when n % 5 > 0 then {HOUR} end, 3 from {PUPILS}"""
REGISTERS = {
    "alerts": Register(
        "school_counselor", "/alerts", "critical_alerts", "kind, accept_by nulls last, id", r'href="/alerts/([0-9a-f]{16})"',
        ALERTS,
    ),
    "calls": Register(
        "school_counselor", "/alerts", "help_calls", "called_at, id", r'action="/alerts/calls/([0-9a-f]{16})/answer"',
        f"insert into help_calls ({CHILD}, called_at) select county_id, school_id, id, {HOUR} from {PUPILS}", "calls",
    ),
    "duties": Register(
        "school_counselor", "/support/duties", "care_duties", "due_at, id", r'href="/support/duties/([0-9a-f]{16})"',
        f"""insert into care_duties ({CHILD}, unit_id, code, for_class, due_at, state)
        select county_id, school_id, id, school_id, 'keep_company', false, {HOUR}, 'due' from {PUPILS}""",
    ),
    "changes": Register(
        "school_counselor", "/support/changes", "code_change_requests", "decide_by_at nulls last, id",
        r'href="/support/changes/([0-9a-f]{16})"',
        f"""insert into code_change_requests ({CHILD}, unit_id, owner_id, to_tier, upward, rule_set, decide_by_at, state)
        select county_id, school_id, id, school_id, :owner, 'yellow', true, 'v1',
        case when n % 5 > 0 then {HOUR} end, 'submitted' from {PUPILS}""", "waiting",
    ),
    "need": Register(
        "psych_center_lead", "/support/urgent?shown=1", "rainbow_tiers", "since, id",
        r'href="/support/urgent/([0-9a-f]{16})/expert"',
        "update rainbow_tiers set tier = case when n <= :many then 'red' else 'green' end, since = current_date - cast(n / 3 as int)"
        " from (select id, row_number() over (order by id) as n from rainbow_tiers) s where s.id = rainbow_tiers.id",
    ),
    "untaken": Register(
        "psych_center_lead", "/support/urgent", "critical_alerts", "accept_by nulls last, id", r"编号 ([0-9A-F]{6})", ALERTS,
        "untaken", six,
    ),
    "unassigned": Register(
        "psych_center_lead", "/support/urgent", "rainbow_assessments", "together_by_at nulls last, id",
        r'href="/support/unassigned/([0-9a-f]{16})/expert"',
        f"""with made as ({COMPUTED} returning *) insert into rainbow_assessments ({CHILD}, unit_id, computation, rule_set,
        proposed, priority, first_signer_id, together_by_at, state) select {CHILD}, school_id, number, 'v1', 'red', 1, :owner,
        case when n % 5 > 0 then {HOUR} end, 'proposed' from (select *, row_number() over (order by number) as n from made) s
        where n <= :many""", "waiting",
    ),
    "proposals": Register(
        "school_counselor", "/support/proposals", "rainbow_assessments",
        "priority, coalesce(together_by_at, decide_by_at) nulls last, id", r'href="/support/proposals/([0-9a-f]{16})"',
        f"""with made as ({COMPUTED} returning *) insert into rainbow_assessments ({CHILD}, unit_id, computation, rule_set,
        proposed, priority, decide_by_at, state) select {CHILD}, school_id, number, 'v1', 'yellow', 3,
        case when n % 5 > 0 then {HOUR} end, 'proposed' from (select *, row_number() over (order by number) as n from made) s
        where n <= :many""",
    ),
    "screenings": Register(
        "school_counselor", "/screenings", "screening_campaigns", "opens_on desc, id desc", r'href="/screenings/([0-9a-f]{16})"',
        """insert into screening_campaigns (county_id, name, unit_id, owner_id, school_year, grades, scales, opens_on, closes_on,
        state) select :county, '秋季测评', :county, :owner, 2026, '["G7"]', '[]', current_date - cast(n / 3 as int), current_date + 9,
        'draft' from generate_series(1, :many - 1) n""",
    ),
    "consents": Register(
        "school_counselor", "/consents", "consent_rounds", "created_at desc, id desc", r'href="/consents/([0-9a-f]{16})"',
        f"""insert into consent_rounds (county_id, school_id, title, purpose, school_year, grades, notice_version, notice,
        notice_sha256, due_on, asked_by, asked_on, created_at, assessment_id) select :county, :school, '征询' || n, 'screening',
        2026, '["G7"]', 'v1', '{{}}', '', current_date, :owner, current_date, {HOUR},
        (select id from impact_assessments where county_id = :county and subject = 'screening' and state = 'active') from {SERIES}""",
    ),
    "due": Register(
        "psych_center_lead", "/retention/due/rows?class=answers", "retention_due", "due_on, id", r"<code>([0-9a-f]{8})</code>",
        f"""insert into retention_due (county_id, school_id, class_code, subject_id, due_on, seen_at)
        select county_id, school_id, 'answers', id, current_date - cast(n / 3 as int), now() from {PUPILS}""", told=eight,
    ),
    "purges": Register(
        "psych_center_lead", "/retention/due", "purge_batches", "created_at desc, id desc",
        r'href="/retention/purges/([0-9a-f]{16})"',
        f"""insert into purge_batches (county_id, unit_id, class_code, created_at, state)
        select :county, :county, 'answers', {HOUR}, 'lapsed' from {SERIES}""", "batches",
    ),
    "holds": Register(
        "dpo", "/retention/due", "retention_holds", "lifted_on is not null, until_on desc, id",
        r'action="/retention/holds/([0-9a-f]{16})/lift"',
        f"""insert into retention_holds (county_id, ground, reason, until_on, placed_by)
        select :county, 'case', '家长投诉还没有办完' || n, current_date + 1 + cast(n / 3 as int), :owner from {SERIES}""", "holds",
    ),
    "periods": Register(
        "psych_center_lead", "/retention", "retention_periods", "created_at desc, id desc",
        r'href="/retention/periods/([0-9a-f]{16})"',
        f"""insert into retention_periods (county_id, unit_id, owner_id, class_code, years, reason, created_at, state)
        select :county, :county, :owner, 'answers', 5, '按省里规定', {HOUR}, 'withdrawn' from {SERIES}""",
    ),
    "inbox": Register(
        "school_counselor", "/inbox", "inbox_letters", "created_at desc, id desc", r'href="/told/([0-9a-f]{16})"',
        f"""insert into inbox_letters (person_id, kind, title_zh, title_en, address, created_at, ref)
        select :owner, 'told', '一件事', 'One thing', '/told/' || told.ref, {HOUR}, told.ref from {SERIES},
        lateral (select substr(md5(n::text), 1, 16) as ref) told""",
    ),
    "readings": Register(
        "auditor", "/audit/readings", "reading_alarms", "settled_at is not null, at desc, id desc",
        r'href="/audit/readings/([0-9a-f]{16})"',
        f"""insert into reading_alarms (county_id, person_id, role, kind, at, opened, budget, stopped, settled_at, settled_by)
        select :county, :owner, 'school_counselor', 'hour', {HOUR}, 70, 60, false,
        case when n % 4 = 0 then now() end, case when n % 4 = 0 then cast(:owner as uuid) end from {SERIES}""",
    ),
}  # fmt: skip


@pytest.fixture
def county(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Pupils of one school with their levels; a page holds seven rows."""
    monkeypatch.setattr(registers, "PAGE", PAGE)
    monkeypatch.setattr(proposals, "PAGE", PAGE)
    owner = cast["school_counselor"].person_id
    fill(cast.county.id, [cast.units["shuangqiao"].id], owner, MANY + 3, state="draft", heavy=False)
    return cast


def written(cast: Cast, one: Register, county: Any = None) -> list[str]:
    """The refs of the rows that are made, in the order that the register declares."""
    given = {
        "county": county or cast.county.id, "many": MANY, "owner": cast["school_counselor"].person_id,
        "school": cast.units["shuangqiao"].id,
    }  # fmt: skip
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.registers"):
        db.session.execute(text(one.made), given)
    where = "where tier = 'red'" if one.table == "rainbow_tiers" else ""
    return list(db.session.scalars(text(f"select ref from {one.table} {where} order by {one.order}")))


@pytest.mark.parametrize("name", REGISTERS)
def test_every_row_stands_on_exactly_one_page_in_the_order_of_the_register(app: Flask, county: Cast, name: str) -> None:
    one = REGISTERS[name]
    refs = written(county, one)
    pages = walked(sign_in(app.test_client(), county[one.key]), one)
    assert [len(page) for page in pages] == [PAGE, PAGE, MANY - 2 * PAGE]
    assert [row for page in pages for row in page] == [one.told(ref) for ref in refs]


MOVED = {
    "alerts": "update critical_alerts set kind = 'O1b', accept_by = null where ref = :ref",
    "duties": "update care_duties set due_at = now() + interval '90 days' where ref = :ref",
    "changes": "update code_change_requests set together_by_at = now() + interval '90 days' where ref = :ref",
    "need": "update rainbow_tiers set since = current_date + 90 where ref = :ref",
    "unassigned": "update rainbow_assessments set first_signer_id = null where ref = :ref",
    "holds": "update retention_holds set lifted_on = current_date where ref = :ref",
    "readings": "update reading_alarms set settled_at = now(), settled_by = person_id where ref = :ref",
    "proposals": "update rainbow_assessments set state = 'confirmed' where ref = :ref",
}
"""What happens to a row between two pages, so that it stands further back, or in the register no more."""


@pytest.mark.parametrize("name", MOVED)
def test_a_row_that_goes_to_another_place_while_pages_are_turned_takes_no_other_with_it(
    app: Flask, county: Cast, name: str
) -> None:
    one = REGISTERS[name]
    takes_no_other_along(sign_in(app.test_client(), county[one.key]), one, written(county, one), MOVED[name])


@pytest.mark.parametrize("name", REGISTERS)
def test_a_page_behind_an_unknown_record_says_so_and_does_not_say_that_all_is_done(
    app: Flask, county: Cast, name: str
) -> None:
    one = REGISTERS[name]
    written(county, one)
    client = sign_in(app.test_client(), county[one.key])
    for edge in ("0000000000000000", "'; --", "零", "f" * 300):
        mark = "&" if "?" in one.address else "?"
        answer = client.get(f"{one.address}{mark}{one.cursor}={edge}", base_url=HTTPS)
        assert answer.status_code == 200 and not re.findall(one.row, answer.text)
        assert "这一页没有记录" in answer.text and "回到第一页" in answer.text


def test_what_waits_is_listed_in_full_or_the_page_says_of_what_there_is_more(
    app: Flask, county: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = REGISTERS["duties"]
    refs = written(county, one)
    client, task = sign_in(app.test_client(), county[one.key]), r'class="todo" href="/support/duties/([0-9a-f]{16})"'
    whole = client.get("/todo", base_url=HTTPS).text
    assert set(re.findall(task, whole)) == set(refs) and "没有列全" not in whole and f"{MANY} 件<" in whole
    monkeypatch.setattr(waiting, "MOST", MANY)
    assert "没有列全" not in client.get("/todo", base_url=HTTPS).text
    monkeypatch.setattr(waiting, "MOST", 5)
    some = client.get("/todo", base_url=HTTPS).text
    assert len(re.findall(task, some)) == 5 and "5 件以上<" in some
    assert "每种只列等得最久的 5 件：记下并完成。" in some and CARE_DUTY.zh not in some.partition("没有列全")[2][:60]
    assert "件以上<" in client.get("/", base_url=HTTPS).text


def test_behind_a_record_that_the_reader_may_not_see_stands_the_page_that_stands_behind_none(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wall is open here on purpose: the register itself must not tell where a foreign record stands."""
    monkeypatch.setattr(registers, "PAGE", PAGE)
    own, other = cast.units["shuangqiao"].id, cast.units["yuntai"].id
    use_context(SYSTEM.context())
    assessed(cast.county.id, cast["school_counselor"].person_id, "screening")
    assessment = db.session.scalar(select(ImpactAssessment.id).where(ImpactAssessment.subject == "screening"))
    with trail.act(SYSTEM, "system", "test.registers"):
        for school in (own, other):
            for back in range(PAGE):
                db.session.add(
                    ConsentRound(
                        county_id=cast.county.id, school_id=school, title="征询", purpose="screening", school_year=2026,
                        grades=[], notice_version="v1", notice={}, notice_sha256="", due_on=clock.today(),
                        asked_by=cast["school_counselor"].person_id, asked_on=clock.today(),
                        assessment_id=assessment, created_at=clock.now() - timedelta(hours=2 * back + (school == other)),
                    )
                )  # fmt: skip
    actor = cast.actor("school_counselor")
    first = rounds(actor)
    assert {one.school_id for one in first} == {own} and len(first) == PAGE
    assert [one.id for one in rounds(actor, first[2].ref)] == [one.id for one in first[3:]]
    foreign = db.session.scalars(select(ConsentRound.ref).where(ConsentRound.school_id == other)).all()
    assert len(foreign) == PAGE
    assert [rounds(actor, ref) for ref in (*foreign, "0000000000000000")] == [[]] * (PAGE + 1)
