"""A draft keeps the version it was written against: it never takes the place of what somebody saved meanwhile unseen."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.core.database import db
from app.improvement.plans.models import ProgressReport, RemediationPlan
from tests.cast import Cast, sign_in
from tests.conftest import Clock
from tests.improvement.plans import world
from tests.improvement.plans.test_plan_pages import hidden, page

MINE, THEIRS = "联络员写到一半的风险", "校长后来保存的风险"


class Section(NamedTuple):
    """The section 风险 of a plan, with the draft of the coordinator in it."""

    plan: RemediationPlan
    address: str
    draft: str

    def is_saved(self) -> str:
        db.session.refresh(self.plan)
        return str(self.plan.risks)


@pytest.fixture
def section(client: FlaskClient, cast: Cast) -> Section:
    plan = world.draft(cast)
    sign_in(client, cast["school_coordinator"])
    made = Section(plan, f"/plans/{plan.ref}/sections/risks", f"plan:{plan.ref}:risks")
    opened = page(client, made.address)
    assert f'data-draft-url="/drafts/{made.draft}"' in opened
    kept = client.post(f"/drafts/{made.draft}", json={"risks": [MINE], "version": [hidden(opened, "version")]})
    assert kept.json["saved_at"]
    return made


@pytest.fixture
def overtaken(section: Section, app: Flask, cast: Cast) -> Section:
    """The same after the principal saved the section."""
    other = sign_in(app.test_client(), cast["principal"])
    version = hidden(page(other, section.address), "version")
    assert other.post(section.address, data={"risks": THEIRS, "version": version}).status_code == 303
    return section


def test_a_draft_of_a_section_is_put_back(client: Any, section: Section) -> None:
    shown = page(client, section.address)
    assert MINE in shown and "已放回" in shown and "有人保存过" not in shown
    sent = client.post(section.address, data={"risks": MINE, "version": hidden(shown, "version")})
    assert (sent.status_code, section.is_saved()) == (303, MINE)


def test_a_draft_that_was_overtaken_stands_beside_what_is_saved_and_is_not_sent_over_it(
    client: Any, overtaken: Section
) -> None:
    shown = page(client, overtaken.address)
    assert "有人保存过" in shown and MINE in shown and THEIRS in shown
    sent = client.post(overtaken.address, data={"risks": MINE, "version": hidden(shown, "version")})
    assert (sent.status_code, overtaken.is_saved()) == (409, THEIRS)
    assert MINE in page(client, overtaken.address), "what was typed is still there"


def test_who_has_looked_goes_on_with_the_draft(client: Any, overtaken: Section) -> None:
    link = re.search(r'href="(\?seen=\d+)"', page(client, overtaken.address))
    assert link is not None
    shown = page(client, overtaken.address + link[1])
    assert MINE in shown and "有人保存过" not in shown
    sent = client.post(overtaken.address, data={"risks": MINE, "version": hidden(shown, "version")})
    assert (sent.status_code, overtaken.is_saved()) == (303, MINE)


def test_what_was_looked_at_is_no_leave_for_what_is_saved_afterwards(
    client: Any, overtaken: Section, app: Flask, cast: Cast
) -> None:
    link = re.search(r'href="(\?seen=\d+)"', page(client, overtaken.address))
    assert link is not None
    other = sign_in(app.test_client(), cast["principal"])
    version = hidden(page(other, overtaken.address), "version")
    other.post(overtaken.address, data={"risks": "校长又改了", "version": version})
    shown = page(client, overtaken.address + link[1])
    assert "有人保存过" in shown and "校长又改了" in shown
    sent = client.post(overtaken.address, data={"risks": MINE, "version": hidden(shown, "version")})
    assert (sent.status_code, overtaken.is_saved()) == (409, "校长又改了")


def test_a_draft_of_unknown_version_is_not_sent_over_what_is_saved(client: Any, section: Section) -> None:
    client.post(f"/drafts/{section.draft}", json={"risks": [MINE]})
    shown = page(client, section.address)
    assert "有人保存过" in shown
    assert client.post(section.address, data={"risks": MINE, "version": hidden(shown, "version")}).status_code == 409


def test_a_refused_form_keeps_the_version_it_was_sent_with(
    client: Any, section: Section, app: Flask, cast: Cast
) -> None:
    goal = f"/plans/{section.plan.ref}/sections/goal"
    version = hidden(page(client, goal), "version")
    other = sign_in(app.test_client(), cast["principal"])
    other.post(section.address, data={"risks": THEIRS, "version": hidden(page(other, section.address), "version")})
    refused = client.post(goal, data={"problem": "", "version": version})
    assert refused.status_code == 422
    assert hidden(refused.get_data(as_text=True), "version") == version


def test_a_draft_is_given_up_without_script_and_the_saved_text_comes_back(client: Any, overtaken: Section) -> None:
    shown = page(client, overtaken.address)
    form = re.search(r'<form id="drop-draft" method="post" action="([^"]+)">.*?name="then" value="([^"]+)"', shown)
    assert form is not None and 'form="drop-draft"' in shown
    gone = client.post(form[1], data={"then": form[2]}, follow_redirects=True).get_data(as_text=True)
    assert THEIRS in gone and MINE not in gone and "草稿已放弃" in gone
    assert MINE not in page(client, overtaken.address)


@pytest.mark.parametrize("then", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", ""])
def test_who_gives_a_draft_up_is_led_nowhere_else(client: Any, section: Section, then: str) -> None:
    answer = client.post(f"/drafts/forget/{section.draft}", data={"then": then})
    assert (answer.status_code, answer.headers.get("Location")) == (204, None)


def test_what_was_emptied_stays_empty_in_a_draft(client: Any, section: Section, cast: Cast) -> None:
    address, name = f"/plans/{section.plan.ref}/sections/goal", f"plan:{section.plan.ref}:goal"
    version = hidden(page(client, address), "version")
    client.post(f"/drafts/{name}", json={"problem": ["只剩这一句"], "goal": [""], "version": [version]})
    shown = page(client, address)
    assert "只剩这一句" in shown and section.plan.goal and f">{section.plan.goal}<" not in shown.replace("\r\n", "")


def test_autosave_of_a_session_that_is_over_is_told_so_and_keeps_nothing(
    client: Any, section: Section, cast: Cast
) -> None:
    db.session.execute(text("update sign_in_sessions set ended_at = now()"))
    db.session.commit()
    answer = client.post(f"/drafts/{section.draft}", json={"risks": ["太晚了"], "version": ["1"]})
    assert answer.status_code == 401 and "saved_at" not in answer.json
    sign_in(client, cast["school_coordinator"])
    assert "太晚了" not in page(client, section.address)


class Month(NamedTuple):
    """The report of October, whose form the coordinator has open."""

    plan: RemediationPlan
    address: str
    opened: str

    def told(self) -> list[tuple[str, int]]:
        rows = db.session.scalars(select(ProgressReport).where(ProgressReport.plan_id == self.plan.id)).all()
        return [(one.text, one.version) for one in rows]


@pytest.fixture
def month(client: FlaskClient, cast: Cast, clock: Clock) -> Month:
    clock.set(datetime(2026, 10, 20, 4, tzinfo=UTC))
    plan = world.in_force(cast)
    sign_in(client, cast["school_coordinator"])
    address = f"/plans/{plan.ref}/reports/2026-10"
    return Month(plan, address, hidden(page(client, address), "version"))


def _sent(client: Any, month: Month, text: str, version: str) -> Any:
    return client.post(month.address, data={"percent": 30, "text": text, "version": version})


def test_of_two_colleagues_with_the_form_of_a_month_open_the_later_one_sees_the_newer_text_beside_the_own(
    client: Any, month: Month, app: Flask, cast: Cast
) -> None:
    other = sign_in(app.test_client(), cast["principal"])
    assert _sent(other, month, "校长先报的本月进展", hidden(page(other, month.address), "version")).status_code == 303
    refused = _sent(client, month, "联络员晚报的本月进展", month.opened)
    shown = refused.get_data(as_text=True)
    assert (refused.status_code, month.told()) == (409, [("校长先报的本月进展", 1)])
    assert "有人保存过" in shown and "联络员晚报的本月进展" in shown and "校长先报的本月进展" in shown
    assert _sent(client, month, "联络员晚报的本月进展", hidden(shown, "version")).status_code == 409, (
        "not by pressing again"
    )
    link = re.search(r'href="(\?seen=\d+)"', shown)
    assert link is not None
    looked = page(client, month.address + link[1])
    assert "联络员晚报的本月进展" in looked and "有人保存过" not in looked
    assert _sent(client, month, "联络员看过以后报的", hidden(looked, "version")).status_code == 303
    assert month.told() == [("联络员看过以后报的", 2)]


def test_a_report_is_changed_by_who_has_the_newest_page(client: Any, month: Month) -> None:
    for number, words in enumerate(("第一次报的内容", "改了一次的内容", "又改了一次的内容")):
        version = hidden(page(client, month.address), "version")
        assert version == str(number)
        assert _sent(client, month, words, version).status_code == 303
    assert client.post(month.address, data={"percent": 30, "text": "没有带版本的页面"}).status_code == 409
    assert month.told() == [("又改了一次的内容", 3)]


def test_a_new_month_begins_with_what_was_reported_last_and_only_a_missing_report_is_called_late(
    client: Any, month: Month, clock: Clock, cast: Cast
) -> None:
    clock.set(datetime(2026, 11, 20, 4, tzinfo=UTC))
    sign_in(client, cast["school_coordinator"])
    assert "已过截止日" in page(client, month.address)
    assert _sent(client, month, "十月的进展", month.opened).status_code == 303
    assert "已过截止日" not in page(client, month.address), "it is handed in"
    assert re.search(r'name="percent"[^>]*value="30"', page(client, month.address.replace("2026-10", "2026-11")))
