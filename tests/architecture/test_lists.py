"""Lists that turn pages can be narrowed, sorted and taken along as a workbook, and say something when they are empty."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PAGED = re.compile(r"\{(?:\{|% call)[^}]*\b(?:pager|turn)\(")
FEW = "One reader has a handful of rows, and they stand in the only order in which they are read."
NEWEST = "A shelf of papers read from the newest on; a paper is opened and printed, not counted in a table."
PUBLIC = "The public reads what was published, the newest first; nothing is worked off from here."
EXCUSED: dict[str, tuple[set[str], str]] = {
    "improvement/accountability/circulars.html": ({"sort", "export"}, NEWEST),
    "improvement/accountability/records.html": ({"sort", "export"}, NEWEST),
    "improvement/boards/counted.html": (
        {"filter", "sort", "export"},
        "It shows the rows behind one number, which are those and no others; the number is in the ledger's workbook.",
    ),
    "improvement/boards/hand_offs.html": (
        {"sort", "export"},
        "A board that does not rank; its items are exported with their stays from the list of items.",
    ),
    "improvement/boards/ledger.html": (
        {"filter", "sort", "export"},
        "Frozen days, the newest first, each of which is a workbook itself.",
    ),
    "improvement/citizen_letters/letters.html": (
        {"sort", "export"},
        "Letters are read one by one by few people; a workbook of them would carry what citizens wrote out of the system.",
    ),
    "improvement/citizen_letters/public/replies.html": ({"filter", "sort", "export"}, PUBLIC),
    "improvement/disclosure/data_needs.html": ({"sort", "export"}, FEW),
    "improvement/disclosure/disclosures.html": ({"sort", "export"}, NEWEST),
    "improvement/disclosure/examples.html": ({"sort", "export"}, NEWEST),
    "improvement/disclosure/library.html": ({"sort", "export"}, NEWEST),
    "improvement/disclosure/showcase.html": ({"sort", "export"}, NEWEST),
    "improvement/effects/interpretations.html": ({"filter", "sort", "export"}, NEWEST),
    "improvement/effects/value_added_pupils.html": (
        {"filter", "sort", "export"},
        "Marks of pupils under code names, kept for seven days: they leave the system only as what was computed from them.",
    ),
    "improvement/effects/value_added_runs.html": (
        {"filter", "sort", "export"},
        "A run is opened, and its page has the workbook.",
    ),
    "improvement/monitoring/conflicts.html": (
        {"filter", "sort", "export"},
        "Questions between two sources, answered in the order of their age, a few a round.",
    ),
    "improvement/monitoring/school_results.html": (
        {"sort", "export"},
        "A unit's own packages, one a round; what is in one is exported from its page.",
    ),
    "improvement/problems/errands.html": ({"filter", "sort", "export"}, FEW),
    "people/controls/reports.html": (
        {"filter", "sort", "export"},
        "Measurements of protection, the newest first, each of which is a workbook itself.",
    ),
    "people/directory/classes.html": ({"sort"}, "School by school in code order, so that no order ranks schools."),
    "people/directory/staff.html": ({"sort"}, "A register of names in the order of their sounds, with a search."),
    "people/identity/accounts.html": ({"sort"}, "A register of names in the order of their sounds, with a search."),
    "people/identity/role_requests.html": (
        {"filter", "sort", "export"},
        "A queue in the order of arrival; what was decided is in the trail, which has its own workbook.",
    ),
    "people/identity/roles.html": ({"sort", "export"}, "Who holds which role is in the workbook of accounts."),
}
"""Lists that go without one of the three, each with its reason."""


def _paged() -> dict[str, str]:
    found = {}
    for area in ("improvement", "people"):
        for path in sorted((TEMPLATES / area).rglob("*.html")):
            text = path.read_text("utf-8")
            if PAGED.search(text):
                found[str(path.relative_to(TEMPLATES))] = text
    return found


def _routes_of(template: str) -> str:
    """The modules that draw a template."""
    modules = (path.read_text("utf-8") for path in (ROOT / "app").rglob("*.py"))
    return "\n".join(text for text in modules if f'"{template}"' in text)


def _has(template: str, text: str) -> set[str]:
    routes = _routes_of(template)
    told = {
        "filter": "filter_bar(" in text.replace("import filter_bar", ""),
        "sort": "{{ sort_head(" in text or 'filters.choice("sort"' in routes,
        "export": "export_url" in text or "{{ export_button(" in text,
    }
    return {name for name, here in told.items() if here}


LISTS = _paged()


@pytest.mark.parametrize("template", LISTS)
def test_a_list_that_turns_pages_is_narrowed_sorted_and_exported_or_says_why_not(template: str) -> None:
    missing = {"filter", "sort", "export"} - _has(template, LISTS[template])
    excused, reason = EXCUSED.get(template, (set(), "-"))
    assert missing <= excused, (
        f"{template} lacks {sorted(missing - excused)}: give it filters in the address, heads that sort and a workbook as"
        " effects/closures.html has them, or a reason here"
    )
    assert reason


@pytest.mark.parametrize("template", LISTS)
def test_an_empty_list_says_what_to_do_next(template: str) -> None:
    text = LISTS[template]
    assert re.search(r"never_was\(|all_done\(|还没有", text), (
        f"{template}: say what fills this list (_parts/empty.html)"
    )
    if "{{ filter_bar(" in text:
        assert "filtered_away(" in text, f"{template}: say which conditions left nothing, with the way to clear them"


def test_every_list_is_drawn_by_a_route_and_no_excuse_outlives_its_list() -> None:
    assert not [template for template in LISTS if "/routes" not in _drawn_by(template)], "a list that no page draws"
    assert set(EXCUSED) <= set(LISTS)
    assert len(LISTS) > 30


def _drawn_by(template: str) -> str:
    return " ".join(str(path) for path in (ROOT / "app").rglob("*.py") if f'"{template}"' in path.read_text("utf-8"))
