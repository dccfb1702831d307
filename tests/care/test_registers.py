"""Registers of care longer than a page: every record stands on exactly one of them, in the order that the page declares."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.registers import PAGE
from tests.care.figures_of_care import fill
from tests.cast import Cast, sign_in

HTTPS = "https://localhost"
MANY = 2 * PAGE + 20
NOTICES = """
insert into emergency_notices (county_id, school_id, unit_id, student_id, cause, happened_on, created_at, state, told_sealed)
select county_id, school_id, school_id, id, 'level', current_date, now() - make_interval(hours => cast(n / 3 as int)),
    case when n % 7 = 0 then 'due' else 'told' end, case when n % 7 <> 0 then '\\x00'::bytea end
from (select *, row_number() over (order by student_no) as n from students where county_id = :county) s where n <= :many
"""
REQUESTS = """
insert into rights_requests (county_id, school_id, unit_id, student_id, kind, asked_as, created_at, state)
select county_id, school_id, school_id, id, 'access', 'guardian1', now() - make_interval(hours => cast(n / 3 as int)), 'received'
from (select *, row_number() over (order by student_no) as n from students where county_id = :county) s where n <= :many
"""


@pytest.fixture
def county(app: Flask, cast: Cast) -> Cast:
    """More records in two registers than two pages hold, three of each hour."""
    fill(cast.county.id, [cast.units["shuangqiao"].id], cast["school_counselor"].person_id, MANY, heavy=False)
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.registers"):
        for statement in (NOTICES, REQUESTS):
            db.session.execute(text(statement), {"county": cast.county.id, "many": MANY})
    return cast


def walked(app: Flask, cast: Cast, key: str, address: str) -> list[list[str]]:
    """Refs page by page, as long as a page names a next one."""
    client, pages, folder = sign_in(app.test_client(), cast[key]), [], address.partition("?")[0]
    while address:
        page = client.get(address, base_url=HTTPS).text
        pages.append(re.findall(rf'href="{folder}/([0-9a-f]{{16}})"', page))
        assert ("回到第一页" in page) is (len(pages) > 1)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = found[1].replace("&amp;", "&") if found else ""
        assert len(pages) < 9
    return pages


def in_order(table: str, order: str) -> list[str]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(text(f"select ref from {table} order by {order}")))


@pytest.mark.parametrize(
    ("address", "table", "order"),
    [
        ("/emergency-notices", "emergency_notices", "state <> 'due', created_at desc, id desc"),
        ("/rights-requests", "rights_requests", "created_at, id"),
        ("/rights-requests?all=1", "rights_requests", "created_at desc, id desc"),
    ],
)
def test_every_record_of_a_register_stands_on_one_page_in_its_order(
    app: Flask, county: Cast, address: str, table: str, order: str
) -> None:
    pages = walked(app, county, "school_psych_lead", address)
    assert [len(page) for page in pages] == [PAGE, PAGE, 20]
    assert [ref for page in pages for ref in page] == in_order(table, order)


def test_a_chosen_state_is_kept_from_page_to_page(app: Flask, county: Cast) -> None:
    pages = walked(app, county, "school_psych_lead", "/emergency-notices?state=told")
    told = [ref for page in pages for ref in page]
    assert len(told) == len(set(told)) == MANY - MANY // 7 and len(pages) == 3


def test_a_page_behind_a_record_of_another_county_or_of_none_is_empty(app: Flask, county: Cast) -> None:
    client = sign_in(app.test_client(), county["school_psych_lead"])
    page = client.get("/emergency-notices?after=0000000000000000", base_url=HTTPS)
    assert page.status_code == 200 and "回到第一页" in page.text and 'href="/emergency-notices/' not in page.text


@pytest.mark.parametrize(
    ("key", "address", "never"),
    [
        ("psych_center_lead", "/identity-requests", "没有身份查看的申请"),
        ("dpo", "/openings", "没有紧急查看"),
        ("school_psych_lead", "/emergency-notices", "没有未经同意先行处置的情况"),
        ("dpo", "/rights-requests", "没有要答复的请求"),
        ("school_counselor", "/handovers", "还没有向接收方提供过信息"),
    ],
)
def test_a_register_says_that_there_was_never_anything_only_where_that_is_so(
    app: Flask, cast: Cast, key: str, address: str, never: str
) -> None:
    client = sign_in(app.test_client(), cast[key])
    assert never in client.get(address, base_url=HTTPS).text
    behind = client.get(f"{address}?after=0000000000000000", base_url=HTTPS)
    assert behind.status_code == 200 and never not in behind.text and "这一页没有记录" in behind.text
    unknown = client.get(f"{address}/0000000000000000", base_url=HTTPS)
    assert unknown.status_code == 404 and never not in unknown.text
