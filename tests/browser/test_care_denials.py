"""E4 of domain §11: in every role's own browser, what §2.2 and §2.3 do not give is refused by address, API, export, search, letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from app.core import clock
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import HOLDERS, ROLES
from tests.browser.care.ward import Ward
from tests.browser.conftest import NARROW, Site, Visit, serving
from tests.care.access.conftest import NAME, OTHER, Story, tell, without_alert
from tests.care.access.test_whole_matrix import BY_PAGE_ONLY_WHILE_ANSWERING, GIVEN, IN_A_LETTER, LEVEL, MARKS, pages
from tests.care.terms import BORN
from tests.conftest import Clock

pytestmark = pytest.mark.browser
RESULTS = {"leading_group_head", "leading_group_member", "office_director", "evaluator", "subject_researcher",
           "guidance_member", "assessment_member"}  # fmt: skip
LOOPS = RESULTS | {"dept_head", "dept_officer", "inspector", "principal", "school_coordinator", "grade_leader",
                   "subject_teacher", "homeroom_teacher", "external_evaluator", "school_data_adviser"}  # fmt: skip
MATRIX_A: dict[str, tuple[str, set[str]]] = {
    "view results": ("/monitoring/cycles", LOOPS),
    "import": ("/monitoring/indicators/new", {"office_director", "assessment_member"}),
    "release": ("/monitoring/cycles/new", {"office_director", "assessment_member"}),
    "finding": ("/monitoring/findings/new", LOOPS),
    "list draft": ("/lists/new", {"office_director", "evaluator", "subject_researcher", "principal",
                                  "school_coordinator"}),
    "own item": ("/items", LOOPS),
    "approve plan": ("/verification", LOOPS - {"subject_teacher", "homeroom_teacher", "school_data_adviser"}),
    "visit": ("/visits", LOOPS - {"subject_teacher", "homeroom_teacher"}),
    "closure": ("/closures", LOOPS),
    "export": ("/items.xlsx", LOOPS),
}  # fmt: skip
"""Column of §2.2 → a page of it, and who has any cell there that is not "–"; everybody else gets nothing at all."""
FETCH = """async addresses => {
  const found = {};
  for (const address of addresses) {
    const answer = await fetch(address, {redirect: 'manual', headers: {'Accept': 'text/html'}});
    found[address] = [answer.status, answer.status === 200 ? await answer.text() : ''];
  }
  return found;
}"""


@dataclass
class Told:
    """The child's story, with what leads to its pages."""

    story: Story
    proposal: str
    alert: str


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    with serving(cluster, worker, keys) as running:
        yield running
    clock.set_offset_source(None)


@pytest.fixture(scope="module")
def told(site: Site) -> Told:
    """Screened, alerted, decided about; everybody's letters are written."""

    def work() -> Told:
        story = tell(site.cast, Clock())
        without_alert(story)
        use_context(SYSTEM.context())
        asked = "select ref from {} where student_id = :id"
        child = {"id": story.child}
        proposal = db.session.execute(text(asked.format("rainbow_assessments")), child).scalars().first()
        alert = db.session.execute(text(asked.format("critical_alerts")), child).scalars().first()
        return Told(story, str(proposal), str(alert))

    found: Told = site.inside(work)
    return found


@pytest.fixture
def ward(site: Site, visit: Visit, told: Told) -> Iterator[Ward]:
    with Ward(site, visit).running() as office:
        yield office


def _class_of(page: str, told: Told) -> list[str]:
    return [group for group, listed in pages(told.story, told.proposal, told.alert).items() if page in listed]


def _asked(told: Told) -> list[str]:
    """Everything that is typed into the address bar: pages of the child, of the loop, the API, the search."""
    own = [page for listed in pages(told.story, told.proposal, told.alert).values() for page in listed]
    api = ["/api/v1/items", "/api/v1/findings"]
    return [*dict.fromkeys(own), *(page for page, _roles in MATRIX_A.values()), *api, f"/search?q={NAME}"]


def _faults(role: str, found: dict[str, tuple[int, str]], told: Told) -> list[str]:
    given, faults = GIVEN.get(role, frozenset()), []
    for page, (status, body) in found.items():
        if status >= 500:
            faults.append(f"{role} {page}: {status}")
        groups = _class_of(page, told)
        shows = {group for group in MARKS if MARKS[group].search(body)}
        if groups and not given & set(groups) and status == 200 and shows & set(groups):
            faults.append(f"{role} {page}: shows {sorted(shows)}")
        if not groups and (NAME in body or LEVEL.search(body)):
            faults.append(f"{role} {page}: shows the child")
        if page.startswith("/api/") and status != 401:
            faults.append(f"{role} {page}: {status}")
    for column, (page, roles) in MATRIX_A.items():
        if role not in roles and found[page][0] == 200:
            faults.append(f"{role} {column}: opens {page}")
    return faults


def _open(ward: Ward, role: str, told: Told) -> Page:
    """A window of this role: staff by a session with both factors, a family's phone by its slip."""
    if role in ROLES:
        page: Page = ward.visit(role, at_the_door=False)
        page.goto(f"{ward.site.address}/inbox")
        return page
    kind = "student" if role == "student" else "guardian1"
    return ward.phone(told.story.term.slips["学生00", kind], BORN)


@pytest.mark.parametrize("part", range(2))
def test_what_the_matrices_do_not_give_is_refused_in_the_browser_of_every_role(
    part: int, ward: Ward, told: Told
) -> None:
    everybody = (*sorted(ROLES), *sorted(HOLDERS))
    faults = []
    ward.posted()
    for role in everybody[part::2]:
        page = _open(ward, role, told)
        letters = page.locator("main").inner_text()
        if role in ROLES and (NAME in letters or IN_A_LETTER["P6"].search(letters)):
            faults.append(f"{role}: a letter says whom or what it is about")
        asked = _asked(told)
        found = {address: tuple(one) for address, one in page.evaluate(FETCH, asked).items()}
        assert len(found) == len(set(asked))
        faults += _faults(role, found, told)
        page.context.close()
    assert not faults, "\n".join(faults)


def test_where_the_matrix_gives_something_the_same_addresses_show_it(ward: Ward, told: Told) -> None:
    """A net that catches nothing anywhere would prove nothing."""
    for role in ("school_counselor", "homeroom_teacher", "school_psych_lead", "psych_center_lead", "principal"):
        page = _open(ward, role, told)
        found = page.evaluate(FETCH, _asked(told))
        seen = {group for address, (_status, body) in found.items() for group in _class_of(address, told)
                if MARKS[group].search(body)}  # fmt: skip
        wanted = {group for group in GIVEN[role] if group in MARKS} - {
            group for who, group in BY_PAGE_ONLY_WHILE_ANSWERING if who == role
        }
        assert seen >= wanted - {"P6"}, (role, wanted - seen)
        page.context.close()
    open_to_one = set()
    for role in ("office_director", "evaluator"):
        page = _open(ward, role, told)
        found = page.evaluate(FETCH, [address for address, _roles in MATRIX_A.values()])
        open_to_one |= {address for address, (status, _body) in found.items() if status == 200}
        page.context.close()
    assert not {address for address, _roles in MATRIX_A.values()} - open_to_one


def test_break_glass_leaves_two_notices_and_a_third(ward: Ward, told: Told) -> None:
    """The counsellor opens the answers of a child in nobody's hands; whoever has to know learns of it at once."""
    why = "同学来说她昨晚发消息要做傻事，家长电话打不通，现在要判断"
    ward.on(clock.today() + timedelta(days=1))
    page = ward.sits("school_counselor").opens(f"/support/students/{told.story.other_ref}/answers?purpose=interview")
    page.reads("没有你能看的回答").presses("紧急查看").writes(reason=why).presses("打开 60 分钟")
    page.opens(f"/support/students/{told.story.other_ref}/answers?purpose=interview").reads("紧急查看中", "有不如死掉")
    for who in ("school_psych_lead", "dpo", "security_admin"):
        letter = ward.letters(who)
        lines = [line for line in letter.text().split() if "紧急查看" in line]
        assert lines and OTHER not in letter.text() and "傻事" not in letter.text(), letter.text()
    narrow = ward.sits("dpo")
    narrow.page.set_viewport_size(NARROW)
    narrow.opens("/openings").reads("双桥中学")
    assert OTHER not in narrow.text() and re.search("[0-9A-F]{6}", narrow.text())


SHOWN = {
    "homeroom_teacher": ("/support/class?shown=1",),
    "principal": ("/support/urgent?shown=1",),
    "school_counselor": ("/support/proposals?shown=1", "results", "answers", "proposal"),
    "school_psych_lead": ("/support/levels?shown=1", "factors"),
}
"""Who sees something of a level, and where; words stand for pages of the child."""


@pytest.mark.parametrize("who", SHOWN)
def test_what_was_shown_hides_by_itself_after_a_minute_and_at_once_when_the_window_is_left(
    who: str, site: Site, visit: Visit, told: Told
) -> None:
    student = f"/support/students/{told.story.ref}"
    named = {
        "results": f"{student}/results?shown=1", "answers": f"{student}/answers?purpose=interview",
        "factors": f"{student}/factors?shown=1", "proposal": f"/support/proposals/{told.proposal}",
    }  # fmt: skip
    page = visit(who, at_the_door=False)
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for place in SHOWN[who]:
        address = site.address + named.get(place, place)
        for leave in (_a_minute, _away):
            page.goto(address)
            line = page.locator("[data-hide-after]")
            assert line.count() == 1, place
            seconds = int(line.get_attribute("data-hide-after") or 0)
            assert 0 < seconds <= 60, place
            hidden = site.address + (line.get_attribute("data-hidden-url") or "")
            assert hidden not in (site.address, address), place
            asked.clear()
            leave(page)
            page.wait_for_url(hidden)
            assert asked.count(hidden) == 1, f"{place}: loaded anew, which on a slow line never ends"
            assert not page.locator("[data-hide-after]").count(), place
            assert not LEVEL.search(page.locator("main").inner_html()), place


def _a_minute(page: Page) -> None:
    page.clock.run_for(65_000)


def _away(page: Page) -> None:
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => true}); document.dispatchEvent(new Event('visibilitychange'))"
    )


def test_nothing_of_a_level_is_thrown_on_a_wall(site: Site, visit: Visit, told: Told) -> None:
    """The switch of the menu: with it no page shows a level or a name, whatever the address asks for."""
    for who in ("homeroom_teacher", "school_counselor", "principal"):
        page = visit(who, at_the_door=False)
        page.context.add_cookies([{"name": "projector", "value": "on", "url": site.address}])
        for place in ("/support/class?shown=1", "/support/levels?shown=1", "/support/urgent?shown=1"):
            answered = page.goto(site.address + place)
            if answered is None or answered.status != 200:
                continue
            assert not LEVEL.search(page.locator("main").inner_html()), (who, place)
            assert NAME not in page.inner_text("body"), (who, place)
