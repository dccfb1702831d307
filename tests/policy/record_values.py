"""What the records of the tests hold: the words and codes of their columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from flask import current_app
from sqlalchemy import select

from app.care.protection.models import ImpactAssessment
from app.care.retention.classes import classes
from app.care.retention.models import PurgeBatch, RetentionPeriod
from app.core.database import db
from app.core.vault import Place
from app.people.controls.models import digest_of
from app.people.directory.models import Person


def _sealed_letter(chain: Any, column: str) -> bytes:
    """What somebody wrote, sealed as the application does it, so that its page can be drawn."""
    place = Place(chain.school.id, "citizen_letters", chain.ids["citizen_letters"], column)
    sealed: bytes = current_app.extensions["bihuan.vault"].seal(place, chain.marker)
    return sealed


def _sealed_words(chain: Any) -> bytes:
    place = Place(chain.school.id, "handovers", chain.ids["handovers"], "words_sealed")
    sealed: bytes = current_app.extensions["bihuan.vault"].seal(place, "{}")
    return sealed


A_SCALE = (Path(__file__).parents[2] / "config" / "scales" / "phq9.yaml").read_text(encoding="utf-8")
"""A scale that is one, so that its page can be drawn."""
WANTED = {
    "assessment_id",
    "class_id",
    "cycle_id",
    "indicator_id",
    "item_id",
    "plan_id",
    "responsible_person_id",
    "result_id",
    "written_by",
}
"""References that are filled although they may be empty."""
SAID = {"title", "name", "description", "summary", "question", "file_name", "statement", "label", "cycle_name", "text"}
"""Columns that carry the marker of their place even where they may be empty."""
CODES: dict[str, Any] = {
    "audience": "basic",
    "benchmark_type": "county",
    "category": "subject",
    "cell": "F37",
    "coverage": "census",
    "design": "indicator",
    "direction": "higher",
    "domain_code": "teaching",
    "grade": "G8",
    "kind": "document",
    "level": "county",
    "part": "comment",
    "scope_level": "school",
    "seen": "seen",
    "severity": "moderate",
    "source_type": "monitoring",
    "stage": "junior",
    "subject": "math",
    "value_type": "mean",
    "verdict": "candidate",
}


def _day_of(chain: Any) -> date:
    """A day of its own: one tree is in force for a stage on a day."""
    return date(1900, 1, 1) + timedelta(chain.ids["inspection_terms"].int % 36_000)


def _somebody_else(chain: Any) -> Any:
    return db.session.scalar(select(Person.id).where(Person.id != chain.ids["persons"]).limit(1))


PURPOSES = ("screening", "counseling", "referral_share", "cross_dept_data", "rating_share_guardian", "research")


def _unassessed(chain: Any) -> str:
    """A purpose of which no assessment is in force in the county yet: there is one at a time."""
    held = select(ImpactAssessment.subject).where(ImpactAssessment.county_id == chain.place.id)
    return next(one for one in PURPOSES if one not in set(db.session.scalars(held)))


def _free_class(chain: Any, model: Any) -> str:
    """A class of data of which the county has no such record yet: there is one at a time, and four classes in all."""
    taken = set(db.session.scalars(select(model.class_code).where(model.county_id == chain.place.id)))
    return next((code for code in classes() if code not in taken), next(iter(classes())))


def _assessed(chain: Any) -> Any:
    return db.session.scalar(
        select(ImpactAssessment.subject).where(ImpactAssessment.id == chain.ids["impact_assessments"])
    )


MEASURED: dict[str, Any] = {
    "level": "3",
    "counts": {"ok": 1, "bad": 0, "unknown": 0},
    "families": [
        {
            "code": "identity", "clause": "8.1.4.1", "zh": "身份鉴别", "en": "Identification",
            "controls": [
                {"code": "own_account", "zh": "一人一个账号", "en": "One account a person", "state": "ok",
                 "said_zh": "2 个账号，2 个人", "said_en": "Accounts: 2, persons: 2"}
            ],
        }
    ],
}  # fmt: skip
"""A report of controls, so that its page and paper can be drawn."""
A_YEAR: dict[str, Any] = {
    "until": "2026-11-23",
    "parts": [
        {
            "code": "requests",
            "title": {"zh": "请求", "en": "Requests"},
            "heads": [{"zh": "请求", "en": "Request"}, {"zh": "件数", "en": "Number"}],
            "rows": [[{"zh": "更正", "en": "Correct"}, {"key": "requests.correct", "n": "few"}]],
        }
    ],
}
"""A year that was counted, so that its page and papers can be drawn."""


def _year_of(chain: Any) -> int:
    """A year of its own: one audit is signed, and one under way, for a county and year."""
    return 2000 + int(chain.ids["yearly_audits"].int % 7_000)


BY_TABLE: dict[tuple[str, str], Any] = {
    ("citizen_letters", "round"): 1,
    ("citizen_letters", "school_id"): lambda chain: chain.school.id,
    ("citizen_letters", "text_sealed"): lambda chain: _sealed_letter(chain, "text_sealed"),
    ("citizen_letters", "topic"): "food",
    ("letter_boxes", "unit_id"): lambda chain: chain.school.id,
    ("public_replies", "topic"): "food",
    ("accountability_documents", "form"): "pdf",
    ("accountability_documents", "paper"): "notice",
    ("accountability_facts", "item_id"): lambda chain: chain.ids["problem_items"],
    ("accountability_notices", "kind"): "publicity",
    ("accountability_records", "kind"): "accountability",
    ("accountability_records", "measure"): "interview",
    ("accountability_sayings", "kind"): "statement",
    ("accountability_seats", "hearing"): "decision",
    ("figure_releases", "note"): "",
    ("scale_definitions", "code"): "phq9",
    ("scale_definitions", "number"): lambda chain: f"9.0.{uuid4().int % 100_000_000}",
    ("scale_definitions", "content"): A_SCALE,
    ("figure_releases", "year"): 2026,
    ("published_figures", "kind"): "share",
    ("published_figures", "n"): 20,
    ("published_figures", "audience"): "group",
    ("figure_snapshots", "kind"): "week",
    ("screening_campaigns", "grades"): ["G7"],
    ("screening_campaigns", "scales"): [{"code": "phq9", "version": "1.0.0"}],
    ("paper_sheets", "scale_code"): "phq9",
    ("paper_sheets", "scale_version"): "1.0.0",
    ("access_codes", "kind"): "guardian1",
    ("emergency_notices", "alert_id"): lambda chain: chain.ids["critical_alerts"],
    ("emergency_notices", "cause"): "alert",
    ("handovers", "basis"): "consent",
    ("handovers", "fields"): ["name"],
    ("handovers", "words_sealed"): lambda chain: _sealed_words(chain),
    ("impact_assessments", "approved_by"): lambda chain: _somebody_else(chain),
    ("impact_assessments", "kind"): "purpose",
    ("impact_assessments", "subject"): lambda chain: _unassessed(chain),
    ("impact_assessments", "risk"): "low",
    ("impact_assessments", "file_sha256"): "0" * 64,
    ("impact_assessments", "version_no"): lambda chain: 1 + chain.ids["impact_assessments"].int % 30_000,
    ("compliance_prints", "kind"): "controls",
    ("control_reports", "level"): "3",
    ("control_reports", "content"): MEASURED,
    ("control_reports", "content_sha256"): digest_of(MEASURED),
    ("control_reports", "taken_at"): datetime(2026, 11, 23, tzinfo=UTC),
    ("yearly_audits", "year"): lambda chain: _year_of(chain),
    ("yearly_audits", "version_no"): 1,
    ("yearly_audits", "counting"): False,
    ("yearly_audits", "content"): A_YEAR,
    ("yearly_audits", "counted_at"): datetime(2026, 11, 23, tzinfo=UTC),
    ("yearly_audits", "conclusion"): "合规",
    ("yearly_audits", "measures"): "没有例外",
    ("yearly_audits", "content_sha256"): lambda chain: digest_of(
        {"year": _year_of(chain), "version": 1, "content": A_YEAR, "conclusion": "合规", "measures": "没有例外"}
    ),
    ("yearly_audits", "signed_by"): lambda chain: _somebody_else(chain),
    ("purge_batches", "class_code"): lambda chain: _free_class(chain, PurgeBatch),
    ("retention_due", "class_code"): "answers",
    ("retention_holds", "ground"): "legal",
    ("retention_periods", "approved_by"): lambda chain: _somebody_else(chain),
    ("retention_periods", "class_code"): lambda chain: _free_class(chain, RetentionPeriod),
    ("retention_periods", "from_on"): date(2026, 1, 1),
    ("retention_periods", "years"): 5,
    ("reading_alarms", "kind"): "hour",
    ("reading_alarms", "role"): "homeroom_teacher",
    ("rights_requests", "asked_as"): "guardian1",
    ("rights_requests", "kind"): "copy",
    ("consent_answers", "answer"): "agree",
    ("consent_answers", "channel"): "paper",
    ("consent_answers", "relation"): "father",
    ("consent_answers", "who"): "guardian1",
    ("consent_rounds", "grades"): ["G7"],
    ("consent_rounds", "notice"): {
        "zh": {"title": "告知", "paragraphs": []},
        "en": {"title": "Notice", "paragraphs": []},
    },
    ("consent_rounds", "purpose"): lambda chain: _assessed(chain),
    ("consents", "purpose"): "screening",
    ("consents", "school_year"): 2026,
    ("arrived_files", "state"): "kept",
    ("arrived_files", "media_type"): "application/pdf",
    ("board_counts", "state"): "issued",
    ("causes", "category"): "teaching",
    ("public_pages", "county_name"): "县教育局",
    ("public_pages", "kind"): "showcase",
    ("result_disclosures", "source_kind"): "results",
    ("critical_alerts", "kind"): "O1a",
    ("library_documents", "category"): "policy",
    ("suppliers", "kind"): "platform",
    ("suppliers", "name"): lambda chain: f"{chain.county_marker}{chain.ids['suppliers'].hex}",
    ("supplier_agreements", "reminded"): 30,
    ("document_receipts", "addressee"): "township",
    ("item_hand_offs", "kind"): "passed",
    ("list_documents", "form"): "pdf",
    ("monitoring_results", "class_no"): 1,
    ("monitoring_results", "cohort"): 2020,
    ("monitoring_results", "grade"): "G7",
    ("monitoring_results", "scope_level"): "class",
    ("plan_documents", "form"): "pdf",
    ("plan_comments", "part"): "guidance",
    ("printed_plan_facts", "form"): "pdf",
    ("professional_assessments", "level"): "mild",
    ("rainbow_tiers", "tier"): "red",
    ("rainbow_assessments", "proposed"): "green",
    ("change_evidence", "kind"): "session",
    ("code_change_requests", "to_tier"): "yellow",
    ("code_change_requests", "upward"): True,
    ("care_duties", "code"): "check_in",
    ("care_duties", "for_class"): True,
    ("remediation_actions", "kind"): "teaching",
    ("role_requests", "role"): "school_coordinator",
    ("role_requests", "kind"): "grant",
    ("reopenings", "trigger"): "new_data",
    ("inspection_nodes", "tree_id"): lambda chain: chain.ids["inspection_trees"],
    ("inspection_terms", "from_on"): lambda chain: _day_of(chain),
    ("inspection_terms", "to_on"): lambda chain: _day_of(chain) + timedelta(1),
    ("saved_mappings", "kind"): "results",
    ("supervision_entries", "kind"): "special",
    ("supervision_visits", "kind"): "special",
    ("students", "class_id"): lambda chain: chain.ids["school_classes"],
    ("teacher_ratings", "items"): [1] * 8,
    ("visit_documents", "form"): "pdf",
    ("visit_findings", "becomes"): "finding",
    ("visit_findings", "kind"): "problem",
    ("visit_members", "role"): "inspector",
    ("rechecks", "kind"): "spot",
    ("outside_opinions", "about"): "achieved",
    ("outside_opinions", "view"): "agrees",
    ("list_check_answers", "answer"): "holds",
    ("list_checks", "checked_on"): date(2026, 11, 23),
    ("list_checks", "finding"): lambda chain: chain.marker,
    ("sample_draws", "kind"): "chance",
    ("showcase_entries", "scenario"): "research",
    ("students", "gender"): "2",
    ("data_findings", "source_type"): "inspection",
    ("data_releases", "snapshot"): {"about": {}, "cells": [], "packages": {}},
    ("import_reports", "proposal"): {"sheets": [], "columns": [], "missing": [], "ready": True},
    ("value_added_runs", "asked"): "multilevel",
    ("value_added_runs", "model"): "cohort",
    ("value_added_runs", "found"): {
        "reasons": [],
        "counts": {"above": 0, "same": 1, "below": 0, "unsaid": 0},
        "scatter": {"cells": [], "hidden": 0, "line": None},
        "coefficients": [],
        "post_sd": 1.0,
        "tau2": None,
        "sigma2": 1.0,
        "rule_version": "value-added-1",
        "few_groups": True,
    },
    ("interpretation_reports", "dataset_sha256"): "0" * 64,
    ("board_snapshots", "figures"): {
        **{code: [0, 0] for code in ("on_time", "closure", "reopened", "first_pass", "signed_for", "briefed")},
        "outcomes": {},
    },
    ("value_added_effects", "about"): {
        "cycle": "",
        "day": "2026-01-01",
        "model": "cohort",
        "post_sd": 100.0,
        "n": 1,
        "groups": 1,
        "coverage": 1.0,
        "few_groups": True,
        "reasons": [],
    },  # fmt: skip
    ("reconciliations", "figures"): {"lines": [], "grades": []},
}


DAYS = {
    "issued_on": timedelta(),
    "accepted_on": timedelta(),
    "due_on": timedelta(300),
    "released_on": timedelta(),
    "notified_on": timedelta(),
}
"""Dates that make a record visible to those whom it is for."""
