"""Which record each address names: read off the workflow records themselves, and written down here for all others."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.core.casework.records import MOVABLES

RECORDS = {
    "/api/v1/": None,
    "/api/v1/actions/": "remediation_actions",
    "/api/v1/cells/": "monitoring_results",
    "/api/v1/results/": "monitoring_results",
    "/api/v1/closures/": "closure_requests",
    "/api/v1/list-checks/": "list_checks",
    "/api/v1/cycles/": "monitoring_cycles",
    "/api/v1/evaluations/": "effect_evaluations",
    "/api/v1/evidence/": "evidence",
    "/api/v1/findings/": "data_findings",
    "/api/v1/imports/": "import_batches",
    "/api/v1/items/": "problem_items",
    "/api/v1/lists/": "problem_lists",
    "/api/v1/plans/": "remediation_plans",
    "/api/v1/rechecks/": "rechecks",
    "/api/v1/reopenings/": "reopenings",
    "/api/v1/visits/": "supervision_visits",
    "/programs/<any(tokens, webhooks):kind>/": "api_tokens",
    "/accounts/": "accounts",
    "/accounts/new/": "persons",
    "/audit/entries/": None,
    "/audit/controls/": "control_reports",
    "/audit/readings/": "reading_alarms",
    "/classes/": "school_classes",
    "/alerts/calls/": "help_calls",
    "/code/consents/": None,
    "/code/rights/": None,
    "/screenings/paper/": "paper_sheets",
    "/screenings/tasks/": "screening_tasks",
    "/retention/holds/": "retention_holds",
    "/consents/": "consent_rounds",
    "/consents/codes/": "school_classes",
    "/documents/": "plan_documents",
    "/evidence-files/": "evidence_versions",
    "/evidence-versions/": "evidence_versions",
    "/hand-offs/": "item_errands",
    "/letter-boxes/": "letter_boxes",
    "/library/": "library_documents",
    "/suppliers/": "suppliers",
    "/mailbox/schools/": None,
    "/examples/": "public_pages",
    "/adoptions/": "showcase_adoptions",
    "/school-pages/": "units",
    "/training-topics/": "training_topics",
    "/list-documents/": "list_documents",
    "/list-checks/draws/": "sample_draws",
    "/me/sessions/": "sign_in_sessions",
    "/monitoring/cells/": "monitoring_results",
    "/monitoring/class-results/": "monitoring_cycles",
    "/monitoring/conflicts/": "source_conflicts",
    "/monitoring/follow-ups/": "briefing_follow_ups",
    "/monitoring/indicators/": "indicators",
    "/people/": "persons",
    "/persons/": "persons",
    "/plan-documents/": "plan_documents",
    "/role-requests/": "role_requests",
    "/roles/": "role_assignments",
    "/schools/": "units",
    "/staff/": "persons",
    "/students/": "students",
    "/support/students/": "students",
    "/support/urgent/": "rainbow_tiers",
    "/support/unassigned/": "rainbow_assessments",
    "/boards/ledger/": "board_snapshots",
    "/boards/reports/": "board_reports",
    "/trace/actions/": "remediation_actions",
    "/trace/cells/": "monitoring_results",
    "/trace/closures/": "closure_requests",
    "/trace/list-checks/": "list_checks",
    "/trace/evaluations/": "effect_evaluations",
    "/trace/evidence/": "evidence",
    "/trace/findings/": "data_findings",
    "/trace/items/": "problem_items",
    "/trace/plans/": "remediation_plans",
    "/trace/rechecks/": "rechecks",
    "/trace/reopenings/": "reopenings",
    "/trace/visits/": "supervision_visits",
    "/units/": "units",
    "/value-added/": "value_added_runs",
    "/value-added/cycles/": "monitoring_cycles",
    "/value-added/schools/": "units",
    "/verification/": "evidence",
    "/boards/verify/reports/": None,
    "/sent-in/": None,
    "/verify/accountability/": None,
    "/circulars/": "accountability_notices",
    "/verify/closures/": None,
    "/verify/compliance/": None,
    "/verify/lists/": None,
    "/verify/plans/": None,
    "/verify/visits/": None,
    "/visit-programme/": "supervision_entries",
    "/visits/new/": "units",
}
"""Text of an address up to its parameter → table of the record whose ref stands there; longest first. None: no record."""
BY_NAME = {
    "cause_ref": "causes",
    "criterion_ref": "evidence_criteria",
    "file_ref": "evidence_versions",
    "finding_ref": "data_findings",
    "duty": "teaching_duties",
    "group": "school_classes",
    "item": "problem_items",
    "item_ref": "problem_items",
    "list_ref": "problem_lists",
    "measure": "remediation_actions",
    "milestone_ref": "milestones",
    "person": "persons",
    "person_ref": "persons",
    "line": "visit_lines",
    "signed": "consent_answers",
    "photo": "visit_photos",
    "visit_finding": "visit_findings",
    "use_ref": "evidence_uses",
    "version_ref": "evidence_versions",
    "wish": "role_requests",
}
"""Names of parameters that say themselves which record they mean."""
VALUES: dict[str, Any] = {
    "code": "nothing",
    "ticket": "nothing",
    "audience": "basic",
    "bureau": "0" * 16,
    "box": "0" * 16,
    "school": "0" * 16,
    "deed": None,
    "form": "items/new",
    "kind": "",
    "month": "2026-11",
    "name": "close",
    "number": 1,
    "part": "whole",
    "ref": "0" * 16,
    "rest": "nothing",
    "row": 1,
    "seq": 1,
    "sha256": "0" * 64,
    "slug": "2222-2222-2222-2222",
    "step": None,
}
"""Parameters that name no record; None: the first of the values the address allows."""
SPECIAL = {
    "/yearly-audits/<ref>/report/<any(pdf, word, table):form>": {"form": "pdf"},
    "/yearly-audits/<ref>/steps/<name>": {"name": "file"},
    "/care-figures/releases/<ref>/steps/<name>": {"name": "withdraw"},
    "/monitoring/cycles/<ref>/meetings/<kind>": {"kind": "feedback"},
    "/monitoring/school-results/<ref>/meetings/<kind>": {"kind": "feedback"},
    "/accountability/<ref>/documents/<paper>/<form>/<number>": {"paper": "notice", "form": "pdf", "number": "1"},
    "/accountability/<ref>/steps/<name>": {"name": "revoke"},
    "/closures/<ref>/documents/<form>": {"form": "pdf"},
    "/disclosures/<ref>/steps/<name>": {"name": "approve"},
    "/interpretations/<ref>/steps/<name>": {"name": "publish"},
    "/citizen-letters/<ref>/steps/<name>": {"name": "hand-back"},
    "/data-needs/<ref>/steps/<name>": {"name": "accept"},
    "/inspection-trees/<ref>/steps/<name>": {"name": "submit"},
    "/lists/<ref>/documents/<form>": {"form": "pdf"},
    "/support/proposals/<ref>/steps/<name>": {"name": "confirm"},
    "/support/changes/<ref>/steps/<name>": {"name": "take-up"},
    "/support/rules/<ref>/steps/<name>": {"name": "submit"},
    "/scales/<ref>/steps/<name>": {"name": "submit"},
    "/scales/kinds/<code>": {"code": "mht"},
    "/scales/kinds/<code>/file.yaml": {"code": "mht"},
    "/scales/kinds/<code>/texts": {"code": "mht"},
    "/plans/<ref>/sections/<name>": {"name": "goal"},
    "/showcase/<ref>/steps/<name>": {"name": "publish"},
    "/retention/periods/<ref>/steps/<name>": {"name": "withdraw"},
    "/retention/purges/<ref>/steps/<name>": {"name": "propose"},
    "/visits/<ref>/documents/<form>/<number>": {"form": "pdf", "number": "1"},
}
ABOUT = {
    "/value-added/schools/<ref>": "value_added_effects",
    "/monitoring/class-results/<ref>": "monitoring_results",
    "/monitoring/cycles/<ref>/results": "monitoring_results",
    "/monitoring/cycles/<ref>/results/export": "monitoring_results",
    "/library/<ref>/receipt": "document_receipts",
    "/library/<ref>/receipts/export": "document_receipts",
}
"""Addresses whose right is asked about other records than the first one named: a round's results, not the round."""
ASKED_WITH = {
    "directory.new_unit": ("parent",),
    "accountability.new": ("unit",),
    "accountability.draft": ("unit",),
    "directory.open_unit": ("parent",),
    "directory.new_person": ("unit",),
    "directory.add_person": ("unit",),
    "imports.upload": ("kind", "target"),
    "interpretations.new": ("cycle",),
    "interpretations.draft": ("cycle",),
    "imports.send": ("kind", "target"),
    "imports.blank": ("kind",),
    "monitoring.new_conflict": ("first", "second"),
    "monitoring.ask": ("first", "second"),
}
"""Pages that need to be told more: names of their query, filled from the records of the stage."""
LEFT_OUT = {"static"}


def routes(app: Flask) -> list[tuple[str, Rule]]:
    """Every method of every address of the application, in a fixed order."""
    found = [
        (method, rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in LEFT_OUT
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    return sorted(found, key=lambda pair: (pair[1].rule, pair[0], pair[1].endpoint))


def rights_of(app: Flask, rule: Rule) -> tuple[str, ...]:
    """What the route declares."""
    found: tuple[str, ...] = app.view_functions[rule.endpoint].rights  # type: ignore[attr-defined]
    return found


PARAMETER = re.compile(r"<(?:([^:<>]*):)?(\w+)>")


def named(rule: Rule) -> dict[str, str | None]:
    """Parameter → table of the record whose ref it is; None for a parameter that names no record.

    Raises KeyError for a parameter nobody has written down.
    """
    return _named(rule.rule)


@cache
def _named(address: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    prefixes = _prefixes() | RECORDS
    for parameter in PARAMETER.finditer(address):
        name, before = parameter[2], address[: parameter.start()]
        if name in BY_NAME:
            found[name] = BY_NAME[name]
        elif before in prefixes:
            found[name] = prefixes[before]
        elif (name in VALUES and name != "ref") or name in SPECIAL.get(address, {}):
            found[name] = None
        else:
            raise KeyError(f"{address}: say in tests/policy/addresses.py which record {name} names")
    return found


def record_of(rule: Rule) -> str | None:
    """Table of the record that the address is about: the first it names; None where it names none."""
    return ABOUT.get(rule.rule) or next((table for table in named(rule).values() if table is not None), None)


@cache
def _prefixes() -> dict[str, str]:
    return {_prefix(model): table for table, model in MOVABLES.items()}


def _prefix(model: Any) -> str:
    address: str = model.address.fget(SimpleNamespace(ref="<ref>", item=SimpleNamespace(ref="<ref>")))
    return address.partition("<ref>")[0]


def filled(rule: Rule, refs: dict[str, str], kind: str = "results") -> str:
    """The address with the refs of one chain of records in it; `kind` of file."""
    tables, values = named(rule), VALUES | {"kind": kind}

    def value(parameter: re.Match[str]) -> str:
        allowed, name = parameter[1] or "", parameter[2]
        table = tables[name]
        if table is not None:
            return refs.get(table, "0" * 16)
        if name in SPECIAL.get(rule.rule, {}):
            return SPECIAL[rule.rule][name]
        if allowed.startswith("any("):
            return allowed[4:].rstrip(")").split(",")[0].strip("' ")
        return str(values[name])

    return PARAMETER.sub(value, rule.rule)
