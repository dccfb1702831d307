"""First pages of those who watch: the auditor's chain and refusals, the officer's registers; numbers without a name."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

from app.core import clock
from app.core.audit import trail
from app.core.audit.models import Verification
from app.core.database import db, uuid7
from app.core.policy.actor import SYSTEM
from app.core.reading.models import ReadingAlarm
from tests.cast import Cast
from tests.improvement.problems.browsing import Browser

LINE = re.compile(r'<td class="t-title">([^<]+)</td><td class="num t-line">(?:<a href="([^"]+)">)?<b>([^<]+)</b>')


def lines(page: str) -> dict[str, tuple[str, str]]:
    """Name of a figure → what is shown, its address."""
    return {name: (shown, html.unescape(address)) for name, address, shown in LINE.findall(page)}


def _alarm(cast: Cast, settled: bool) -> None:
    who, county = cast["school_counselor"], cast.county
    now = clock.now()
    with trail.act(SYSTEM, "system", "test.alarm"):
        db.session.add(
            ReadingAlarm(
                id=uuid7(), county_id=county.id, school_id=None, person_id=who.person_id, role=who.role, kind="hour", at=now,
                opened=61, budget=60, stopped=False, settled_at=now if settled else None,
                settled_by=cast["security_admin"].person_id if settled else None,
            )
        )  # fmt: skip


@pytest.fixture
def watched(cast: Cast) -> Cast:
    """Nine refusals on one day here and one in another county; two alarms, one of them settled."""
    for number in range(9):
        trail.denied(cast.actor("evaluator"), "view.students", ref=f"{number:016x}")
    trail.denied(cast.actor("other_principal"), "view.students", ref="f" * 16)
    _alarm(cast, settled=False)
    _alarm(cast, settled=True)
    return cast


def test_the_auditor_begins_with_the_chain_what_stands_out_and_what_was_refused(app: Flask, watched: Cast) -> None:
    browser = Browser(app, watched, "auditor")
    assert lines(browser.page("/"))["链条校验"][0] == "—"
    db.session.add(Verification(at=clock.now(), entries=70))
    db.session.commit()
    page = browser.page("/")
    told = lines(page)
    assert told["链条校验"][0] == "完整" and "校验了 70 条" in page
    assert told["异常查阅"] == ("1", "/audit/unusual") and told["被拒绝"][0] == "9"
    assert told["等安全管理员核实"][0] == "1" and told["全部查阅提醒"][0] == "2"
    assert watched["evaluator"].name not in page and watched["school_counselor"].name not in page


def test_every_number_of_the_auditor_opens_its_rows(app: Flask, watched: Cast) -> None:
    browser = Browser(app, watched, "auditor")
    told = lines(browser.page("/"))
    rows = {"异常查阅": r'<tr><td class="t-title">', "被拒绝": r'href="/audit/entries/\d+"', "等安全管理员核实": r'href="/audit/readings/\w{16}"',
            "全部查阅提醒": r'href="/audit/readings/\w{16}"'}  # fmt: skip
    for name, row in rows.items():
        assert len(re.findall(row, browser.page(told[name][1]))) == int(told[name][0]), name


def test_a_broken_chain_is_the_first_thing_that_the_auditor_reads(app: Flask, cast: Cast) -> None:
    db.session.add(Verification(at=clock.now(), entries=70, first_bad=41, finding="hash"))
    db.session.commit()
    assert lines(Browser(app, cast, "auditor").page("/"))["链条校验"] == ("第 41 条对不上", "/audit/chain")
    for other in ("principal", "office_director", "dpo"):
        assert "链条校验" not in Browser(app, cast, other).page("/"), other
