"""Each entry of each role's menu leads to a page with a real row, in both languages, and each role gets one thing done.

The same in a real browser, with every link of every page and axe: tests/browser/test_every_menu.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.core import clock
from app.core.audit import trail
from app.core.casework import waiting
from app.core.database import db, use_context
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.roles import ROLES
from app.core.web import navigation
from app.improvement.monitoring.models import MonitoringResult
from app.improvement.visits.models import SupervisionVisit
from app.people.identity.lookup import TEACHING
from tests.cast import Cast, Player, sign_in
from tests.policy.records import Chain, administered, write
from tests.policy.stage import OWN

CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAV = re.compile(r"<nav\b.*?</nav>", re.DOTALL)
ENTRY = re.compile(r'<a [^>]*href="(/[^"#]*)"[^>]*>(.*?)</a>', re.DOTALL)
OTHER_ROWS = {
    "audit.chain": r"[0-9a-f]{8}",
    "audit.entries": r'href="/audit/entries/\d+',
    "audit.unusual": r"<form|<h2>",
    "identity.accounts": r'href="/accounts/[0-9a-f]{16}',
    "identity.roles": r'href="/roles/[0-9a-f]{16}',
    "identity.system": r"<dt>|<tr>",
    "incidents.index": r'name="record"',
}
"""Pages whose rows are no records of the stage, by endpoint: what a row of theirs looks like."""
MAY_LACK_ROWS = {
    "support.unclear": "names whom the rules could say nothing of; nothing is computed of the stage: tests/care/rainbow",
    "support.aid": "names those with hardship; nothing is known of the stage's child: tests/care/rainbow/test_unclear.py",
    "citizen_letters.figures": "numbers of a whole county, none of a letter: tests/improvement/citizen_letters",
    "access.urgent": "names those who need help at once; the child of the stage does not: tests/care/access",
    "care_figures.index": "numbers of a whole county, none of a record: tests/care/test_figure_pages",
    "care_figures.process": "numbers of schools, none of a record: tests/care/test_figures_elsewhere.py",
    "care_figures.of_region": "numbers of a whole county, none of a record: tests/care/test_figures_elsewhere.py",
    "data_needs.index": "the one of the stage is between a school and a department: tests/improvement/disclosure",
    "dashboards.home": "what waits for the role is chosen by deadlines; the pages of the records are entries of their own",
    "dashboards.todo": "the one record of each kind waits for somebody else by turns",
    "burden.index": "counts what falls due month by month; of one measure nothing does",
    "value_added.own": "shows the newest published run: tests/improvement/effects",
    "verification.index": "nobody judges evidence of the own hand: the stage's is in the hand of the role",
    "effects.closures": "a grade leader sees those of the school's own lists only (decision 39)",
    "rechecks.index": "a grade leader sees those of the school's own lists only (decision 39)",
    "inspection_trees.index": "the tree of the stage is a draft, which schools and inspectors do not see",
    "visit_programme.index": "shows the current year; the entry of the stage is of no year",
    "identity.workdays": "days that the county declared; the stage follows the published calendar: tests/people/identity",
    "visits.today": "shows visits of today at schools of one's own",
}
"""Pages of the menu on which none of the stage's records has to stand, each with why; the page itself has to be there."""


@dataclass(frozen=True)
class Deed:
    """One thing that a role gets done: where the form goes, what it carries, and what stands on the page afterwards."""

    to: str
    given: dict[str, str]
    page: str = ""
    said: str = ""


REMARK = "已看过材料，建议把作业样本附在佐证里"
READING = Deed("/inbox/read", {}, "/inbox", "消息")
OF_THE_CASE = Deed("/items/{problem_items}/remarks", {"text": REMARK}, "/items/{problem_items}", REMARK)
OF_A_TEACHER = Deed(
    "/actions/{remediation_actions}/progress",
    {"progress": "60", "version": "1"},
    "/actions/{remediation_actions}",
    "60",
)
WHY = "本人已调离，按学校来函办理"
DEEDS = {
    **dict.fromkeys(
        (
            "province_viewer",
            "city_officer",
            "dpo",
            "school_data_adviser",
            "school_psych_lead",
            "school_counselor",
            "psych_center_lead",
            "psych_expert",
            "bureau_psych_officer",
        ),
        READING,
    ),
    **dict.fromkeys(("grade_leader", "subject_teacher", "homeroom_teacher"), OF_A_TEACHER),
    "auditor": Deed("/audit/chain/verify", {}, "/audit/chain", "链条"),
    "security_admin": Deed(
        "/accounts/{accounts}/reset-factor", {"reason": WHY, "version": "1"}, "/accounts/{accounts}", "重置"
    ),
    "sys_admin": Deed(
        "/accounts/{accounts}/disable", {"reason": WHY, "version": "1"}, "/accounts/{accounts}", "停用"
    ),
}  # fmt: skip
"""Who only reads marks the messages as read; who has a case leaves a message on it, as everybody else does."""


@dataclass
class Desk:
    """One role signed in among its own records."""

    client: Any
    chain: Chain
    actor: Any

    def filled(self, address: str) -> str:
        """An address with the references of the records."""
        return address.format(**self.chain.refs)

    def page(self, address: str) -> str:
        """A page that has to be there."""
        answer = self.client.get(address, base_url="https://localhost")
        assert answer.status_code == 200, (address, answer.status_code)
        return str(answer.get_data(as_text=True))


@pytest.fixture
def desk(request: pytest.FixtureRequest, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk of the role that the test is about."""
    monkeypatch.setattr(waiting, "KEEP_SECONDS", 0)
    player, school = cast[request.param], cast.units["shuangqiao"]
    unit = player.unit if ROLES[player.role].level == "department" else school
    chain = write(cast, player, school, unit, OWN)
    administered(chain, cast["evaluator"] if player.key != "evaluator" else player)
    _furnished(chain, player)
    return Desk(sign_in(app.test_client(), player), chain, cast.actor(player.key))


def _furnished(chain: Chain, player: Player) -> None:
    """A message to the player; for who reads whole schools a judged cell of one, for county staff the feedback of a visit."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.furnish"):
        db.session.add(
            InboxLetter(person_id=player.person_id, kind="test", title_zh=OWN, title_en=OWN, address="/todo")
        )
        if player.role not in TEACHING:
            cell = update(MonitoringResult).where(MonitoringResult.id == chain.ids["monitoring_results"])
            of_school = {"scope_level": "school", "class_no": None, "verdict": "candidate", "effect": -0.3}
            db.session.execute(cell.values(**of_school).execution_options(synchronize_session=False))
        visit = update(SupervisionVisit).where(SupervisionVisit.id == chain.ids["supervision_visits"])
        db.session.execute(visit.values(feedback_on=clock.today(), disclosure="county"))


every_role = pytest.mark.parametrize("desk", sorted(ROLES), indirect=True)


def entries(page: str) -> dict[str, str]:
    """Address → words of each line of the menu."""
    return {
        address: re.sub(r"<[^>]+>|\s+", " ", words).strip()
        for nav in NAV.findall(page)
        for address, words in ENTRY.findall(nav)
    }


def row(desk: Desk, endpoint: str, page: str) -> bool:
    """Whether one of the records stands in the page: its reference in a link, or its words."""
    inside = page.partition("<main")[2]
    if endpoint in OTHER_ROWS:
        return bool(re.search(OTHER_ROWS[endpoint], inside))
    return OWN in inside or any(ref in inside for ref in desk.chain.refs.values())


@every_role
def test_every_entry_of_the_menu_leads_to_a_page_with_a_real_row(app: Flask, desk: Desk) -> None:
    with app.test_request_context():
        wanted = {entry.address(): entry.endpoint for entry in navigation.entries_for(desk.actor)}
    start = next(address for address in wanted if address not in ("/", "/todo"))
    shown = entries(desk.page(start))
    assert set(wanted) <= set(shown), set(wanted) - set(shown)
    faults = []
    for address, endpoint in wanted.items():
        answer = desk.client.get(address, base_url="https://localhost", follow_redirects=True)
        if answer.status_code != 200:
            faults.append(f"{address}: {answer.status_code}")
        elif endpoint not in MAY_LACK_ROWS and not row(desk, endpoint, answer.text):
            faults.append(f"{address} [{endpoint}]: no row")
    assert not faults, "\n".join(faults)


def test_the_office_finds_the_queue_of_evidence_in_its_menu_and_who_may_only_read_the_number_does_not() -> None:
    wanted = {"office_director", "evaluator", "inspector", "school_coordinator", "grade_leader"}
    found = {
        role
        for role in ROLES
        for entry in navigation.entries_for(Actor(role=role))
        if entry.endpoint == "verification.index"
    }
    assert found == wanted


@every_role
def test_the_english_menu_and_its_pages_are_english(desk: Desk) -> None:
    desk.client.post("/language", data={"language": "en", "then": "/me"}, base_url="https://localhost")
    found = entries(desk.page("/me"))
    faults = [f"{address}: {words}" for address, words in found.items() if CHINESE.search(words)]
    for address in found:
        answer = desk.client.get(address, base_url="https://localhost", follow_redirects=True)
        title = re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)
        if answer.status_code != 200 or '<html lang="en' not in answer.text or title is None:
            faults.append(f"{address}: {answer.status_code}")
        elif CHINESE.search(re.sub(r"[^·|—-]*闭环", "", title[1])):
            faults.append(f"{address}: titled {title[1].strip()}")
    assert len(found) > 2 and not faults, "\n".join(faults)


@every_role
def test_every_role_gets_one_thing_done(desk: Desk) -> None:
    deed = DEEDS.get(desk.actor.role, OF_THE_CASE)
    address = desk.filled(deed.to)
    answer = desk.client.post(address, data=deed.given, base_url="https://localhost")
    assert answer.status_code == 303, (address, answer.status_code, answer.text[-1500:])
    assert deed.said in desk.page(desk.filled(deed.page)).partition("<main")[2]
