"""Every page of the address map, opened by somebody who may: no error, no barrier, nothing pushed sideways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from playwright.sync_api import APIResponse, Page
from werkzeug.routing import Rule

from app.core.casework.records import MOVABLES
from app.core.policy import decide
from app.core.policy.roles import ROLES
from app.core.web.current import PUBLIC, SIGNED_IN
from tests.browser.conftest import NARROW, WIDE, Site, Visit, Watch, barriers, sideways, speak
from tests.policy.addresses import ASKED_WITH, filled, record_of, rights_of, routes
from tests.policy.records import kind_for

pytestmark = pytest.mark.browser
WHO = ("principal", "office_director", "evaluator", "school_coordinator", "leading_group_head", "assessment_member",
       "subject_researcher", "dept_head", "inspector", "sys_admin", "security_admin", "auditor", "guidance_member",
       "homeroom_teacher", "school_counselor", "school_psych_lead", "psych_center_lead", "bureau_psych_officer",
       "city_officer", "dpo", "external_evaluator")  # fmt: skip
"""Who opens the pages, the first who may; the records of the site are in the hand of the first."""
SHARES = {"principal": 6, "office_director": 3}
"""The pages of a reader with many are walked in so many tests, so that workers can share them; of everybody else in one."""
WALKED = [(key, share) for key in WHO for share in range(SHARES.get(key, 1))]
READ_BY = {
    "monitoring.results": "office_director",
    "monitoring.export_results": "office_director",
    "monitoring.new_meeting": "office_director",
    "imports.ask": "school_coordinator",
    "imports.upload": "assessment_member",
    "programs.one": "security_admin",
    "retention.ask_purge": "dpo",
    "screenings.chase": "school_counselor",
    "support.change": "school_counselor",
    "yearly.ask_step": "dpo",
    "support.ask_change_step": "school_counselor",
    "inspection_trees.show": "office_director",
    "inspection_trees.workbook": "office_director",
    "inspection_trees.yaml_file": "office_director",
    "inspection_trees.ask_step": "office_director",
}
"""Pages that the first who holds the right does not open, as the record asks for more than the right."""
ALSO_ASKED_WITH = {"incidents.pack": ("record",), "incidents.notice": ("record",)}
"""Answers that need a record in their query; without one they are refused on purpose (tests/core/audit)."""
FILE, PAPER, TEAM = (
    "the file of a made-up digest lies on no shelf",
    "nothing was printed yet",
    "for those of the team, whom no record makes of the reader: test_visit_story walks it",
)
PRINTED = {
    "controls.verify_paper": "compliance_prints",
    "effects.verify_document": "closure_prints",
    "problem_lists.verify": "list_documents",
    "accountability.verify_paper": "accountability_prints",
    "visits.verify_sheet": "visit_prints",
}
"""Where the public checks a printed paper: the table that knows its code."""
REFUSED: dict[str, tuple[int, str]] = {
    "accountability.document": (404, PAPER),
    "access.choose_second": (404, "only of a proposal that waits for an expert whom nobody was given"),
    "actions.cancellation": (404, "for whoever approved the plan: tests/improvement/plans ends measures"),
    "boards.report": (404, FILE),
    "boards.verify_report": (404, PAPER),
    "citizen_letters.contact": (404, "only for who answers: test_citizen_letters opens one"),
    "mailbox.replies": (404, "no box of that name is open: test_citizen_letters reads them"),
    "mailbox.write": (404, "no box of that name is open: test_citizen_letters writes there"),
    "data_needs.delivery": (404, "only of a need that its owner took on: tests/improvement/disclosure delivers one"),
    "data_needs.file": (404, "nothing was delivered yet"),
    "directory.ask_enrol_again": (404, "only of a student who left: tests/people/directory puts one back on the roll"),
    "effects.closure_document": (404, PAPER),
    "effects.criteria": (404, "only where the plan is evaluated by criteria; the records' is by an indicator"),
    "effects.opinion": (404, "only of an item that was given to the evaluator: test_opinions writes one"),
    "evidence.download": (404, FILE),
    "evidence.picture": (404, FILE),
    "identity.back_from_bureau": (404, "this site signs in by itself"),
    "identity.bureau_sign_in": (404, "this site signs in by itself"),
    "identity.metrics": (404, "only with the key of the bureau's own watch"),
    "imports.annotated": (404, FILE),
    "library.download": (404, FILE),
    "plan_documents.file": (404, FILE),
    "plan_papers.check": (404, PAPER),
    "consents.scan": (404, FILE),
    "plans.ask": (404, "a plan at work is approved no more, a draft not yet"),
    "problem_items.objection_file": (404, FILE),
    "public.bureau": (404, "no bureau of that name publishes: test_public_pages reads them"),
    "public.file": (404, "no page of that name is out: tests/improvement/disclosure puts a paper out"),
    "public.school": (404, "no school of that name publishes: test_public_pages reads them"),
    "public.show": (404, "no page of that name is out: test_public_pages reads them"),
    "problem_lists.spread": (
        422,
        "only of a draft that rests on no data: tests/improvement/problems/test_spreading opens it",
    ),
    "protection.report": (404, FILE),
    "sharing.consent": (404, FILE),
    "sharing.letter": (404, PAPER),
    "verification.ask_measure_return": (404, "only of a measure that says it is done"),
    "retention.protocol": (404, PAPER),
    "scales.licence": (404, FILE),
    "sent_in.file": (404, FILE),
    "suppliers.download": (404, FILE),
    "visits.checklist": (404, TEAM),
    "visits.conflicts": (404, TEAM),
    "visits.feedback": (404, "only once it is issued for the staff of the county: tests/improvement/visits reads one"),
    "visits.interest": (404, TEAM),
    "visits.photo": (404, FILE),
    "visits.sheet": (404, PAPER),
}
"""Endpoints that answer the furnished site with a refusal, each with its status and why there is nothing to show."""
WALKS = (("zh", NARROW), ("en", WIDE))
"""In each run of the tests every page is seen once in each language and at each width; `make drill` walks all four."""


def _reader(site: Site, rule: Rule) -> str | None:
    if rule.endpoint in READ_BY:
        return READ_BY[rule.endpoint]
    rights = rights_of(site.app, rule)
    if rights[0] in (PUBLIC, SIGNED_IN):
        return WHO[0]
    return next((key for key in WHO for right in rights if decide.holds_as_own(site.cast.actor(key), right)), None)


def _pages(site: Site) -> dict[str, list[tuple[str, list[str]]]]:
    """Reader → endpoints with the addresses to try: records at work, records at their beginning, every step of a machine."""
    found: dict[str, list[tuple[str, list[str]]]] = {key: [] for key in WHO}
    for method, rule in routes(site.app):
        who = _reader(site, rule) if method == "GET" else None
        if who is not None and not rule.endpoint.startswith(("drafts.", "api.")):
            found[who].append((rule.endpoint, list(_addresses(site, rule, kind_for(site.cast[who].role)))))
    return found


def _addresses(site: Site, rule: Rule, kind: str) -> Iterator[str]:
    chains = [site.records, site.beginnings] if site.beginnings and record_of(rule) else [site.records]
    for chain in chains:
        refs = {**site.records.refs, **chain.refs}
        address = filled(rule, refs, kind) + _query(site, rule, kind)
        if rule.endpoint in PRINTED:
            address = address.rpartition("/")[0] + f"/{refs[PRINTED[rule.endpoint]]}"
        yield address
        if rule.rule.endswith("/steps/<name>"):
            machine = MOVABLES[record_of(rule) or ""].workflow
            yield from (f"{address.rpartition('/')[0]}/{step.name.replace('_', '-')}" for step in machine.steps)


def _query(site: Site, rule: Rule, kind: str) -> str:
    refs, begun = site.records.refs, (site.beginnings or site.records).refs
    unit, first = site.records.unit.ref, refs["monitoring_results"]
    target = begun["monitoring_cycles"] if kind == "results" else unit
    given = {
        "parent": unit, "unit": unit, "kind": kind, "target": target, "first": first, "second": first,
        "cycle": refs["monitoring_cycles"], "record": refs["problem_items"],
    }  # fmt: skip
    asked = {name: given[name] for name in ALSO_ASKED_WITH.get(rule.endpoint, ASKED_WITH.get(rule.endpoint, ()))}
    return f"?{urlencode(asked)}" if asked else ""


@dataclass(frozen=True)
class Known:
    """What answers under the first address that does not refuse: page, part, download, data, redirect or refusal."""

    address: str
    kind: str
    fault: str = ""


def _known(page: Page, site: Site, endpoint: str, addresses: list[str]) -> Known:
    answers = []
    for address in addresses:
        answer = page.request.get(site.address + address, max_redirects=0)
        if answer.status < 400:
            return _sorted(page, site, endpoint, address, answer)
        answers.append(answer.status)
        if answer.status >= 500:
            return Known(address, "refusal", f"{address} [{endpoint}]: {answer.status}")
    wanted, _why = REFUSED.get(endpoint, (0, ""))
    said = "" if set(answers) == {wanted} else f"{addresses[0]} [{endpoint}]: {answers}"
    return Known(addresses[0], "refusal", said)


def _sorted(page: Page, site: Site, endpoint: str, address: str, answer: APIResponse) -> Known:
    kept, kind = answer.headers.get("content-disposition", ""), answer.headers.get("content-type", "")
    if endpoint in REFUSED:
        return Known(address, "page", f"{address} [{endpoint}] answers {answer.status}: take it out of REFUSED")
    if answer.status in (301, 302, 303, 307, 308):
        return Known(address, "redirect", _led_astray(page, site, address, answer.headers.get("location", "")))
    if answer.status == 204:
        return Known(address, "data")
    if answer.status != 200:
        return Known(address, "data", f"{address}: {answer.status}")
    if kept.startswith("attachment"):
        whole = bool(answer.body()) and "filename" in kept
        return Known(address, "download", "" if whole else f"{address}: an empty or nameless download")
    if not kind.startswith("text/html"):
        return Known(address, "data", "" if answer.body() else f"{address}: nothing, as {kind}")
    return Known(address, "page" if "<html" in answer.text() else "part")


def _led_astray(page: Page, site: Site, address: str, to: str) -> str:
    """A redirect stays in the house and ends at something that is there."""
    if not to.startswith("/") or to.startswith("//"):
        return f"{address} leads out of the house: {to}"
    end = page.request.get(site.address + to)
    return "" if end.status == 200 else f"{address} leads to {to}: {end.status}"


def _seen(page: Page, site: Site, address: str) -> list[str]:
    page.goto(site.address + address)
    found = barriers(page) + (["pushes sideways"] if sideways(page) else [])
    where = page.evaluate("`[${document.documentElement.lang}, ${innerWidth}]`") if found else ""
    return [f"{address} {where}: {fault}" for fault in found]


def _walk(page: Page, site: Site, addresses: list[str], language: str, size: dict[str, int]) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.goto(f"{site.address}/me")
    speak(page, site, language)
    return [fault for address in addresses for fault in _seen(page, site, address)]


def _faults(site: Site, visit: Visit, key: str, share: int, walks: tuple[tuple[str, dict[str, int]], ...]) -> list[str]:
    asked = _pages(site)[key][share :: SHARES.get(key, 1)]
    if not asked:
        return []  # whoever stands before this one in WHO opens the same pages
    page = visit(key, at_the_door=False)
    known = [_known(page, site, endpoint, addresses) for endpoint, addresses in asked]
    watch, pages = Watch().of(page), [one.address for one in known if one.kind == "page"]
    faults = [one.fault for one in known if one.fault]
    for language, size in walks:
        faults += _walk(page, site, pages, language, size)
    kinds = Counter(one.kind for one in known)
    print(f"{key}, share {share}: {len(known)} addresses ({dict(kinds)}), its pages × {len(walks)} walks")
    return list(dict.fromkeys(faults + watch.complaints))


@pytest.mark.parametrize(("key", "share"), WALKED)
def test_every_page_is_free_of_barriers(key: str, share: int, site: Site, visit: Visit) -> None:
    faults = _faults(site, visit, key, share, WALKS)
    assert not faults, "\n".join(faults)


@pytest.mark.drill
@pytest.mark.parametrize(("key", "share"), WALKED)
def test_every_page_is_free_of_barriers_in_both_languages_and_widths(
    key: str, share: int, site: Site, visit: Visit
) -> None:
    every = tuple((language, size) for language in ("zh", "en") for size in (NARROW, WIDE))
    faults = _faults(site, visit, key, share, every)
    assert not faults, "\n".join(faults)


def test_every_page_has_somebody_who_opens_it(site: Site) -> None:
    alone = [
        rule.rule
        for method, rule in routes(site.app)
        if method == "GET" and not rule.endpoint.startswith("api.") and _reader(site, rule) is None
    ]
    assert not alone, f"Add somebody who may open them to WHO: {alone}"
    assert set(WHO) <= set(site.cast.players) and {site.cast[key].role for key in WHO} <= set(ROLES)


def test_the_language_of_the_page_follows_the_menu(site: Site, visit: Visit) -> None:
    page = visit("principal")
    for language in ("en", "zh"):
        speak(page, site, language)
        assert page.evaluate("document.documentElement.lang").startswith(language)
