"""The house keeps its shape: each rule fails with a sentence that says what to do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app.core.audit import trail
from app.core.casework.door import OPERATIONS
from app.core.casework.records import MOVABLES
from app.core.policy.grants import GRANTS, RIGHTS
from app.core.policy.roles import ADMINISTRATORS, HOLDERS, ROLES, VISITORS
from tests import one_operation
from workflows import catalogue

ROOT = Path(__file__).resolve().parents[2]
PYTHON = [p for folder in ("app", "workflows", "config") for p in (ROOT / folder).rglob("*.py")]
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 40, 150
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "managers"}
TELLS_ITSELF = {"static"}


def _relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_python_file_is_longer_than_400_lines() -> None:
    long = [_relative(p) for p in PYTHON if len(p.read_text("utf-8").splitlines()) > LONGEST_FILE]
    assert not long, f"Split along domain words into a folder of the same name: {long}"


def test_no_function_is_longer_than_40_lines() -> None:
    long = []
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION:
                long.append(f"{_relative(path)}:{node.name}")
    assert not long, f"Give a part of it a name of its own: {long}"


def test_no_template_is_longer_than_150_lines() -> None:
    templates = (ROOT / "templates").rglob("*.html")
    long = [_relative(p) for p in templates if len(p.read_text("utf-8").splitlines()) > LONGEST_TEMPLATE]
    assert not long, f"Move a part into a macro or a part of its own: {long}"


def test_no_file_is_named_after_nothing() -> None:
    named = [_relative(p) for p in PYTHON if p.stem in FORBIDDEN_NAMES]
    assert not named, f"Name it after a word of the domain: {named}"


def test_every_module_says_in_a_sentence_what_it_is_for() -> None:
    silent = [_relative(p) for p in PYTHON if not ast.get_docstring(ast.parse(p.read_text("utf-8")))]
    assert not silent, f"Begin the file with one sentence: {silent}"


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("rq", {"app/core/queue.py"}),
        ("weasyprint", {"app/core/pdf.py"}),
        ("transitions", {"workflows/engine.py"}),
    ],
)
def test_a_library_has_one_door(library: str, allowed: set[str]) -> None:
    found = set()
    for path in PYTHON:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            if any(name == library or name.startswith(f"{library}.") for name in names):
                found.add(_relative(path))
    outside = {f for f in found if not any(f == a or f.startswith(a.removesuffix(".py") + "/") for a in allowed)}
    assert not outside, f"Only {allowed} may import {library}; ask it there instead: {outside}"


def test_only_the_clock_reads_the_time() -> None:
    pattern = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|time\.time\(")
    allowed = {"app/core/clock.py", "app/core/database.py"}
    readers = {_relative(p) for p in PYTHON if pattern.search(p.read_text("utf-8"))} - allowed
    assert not readers, f"Ask app.core.clock for the time, so that tests and the demo can steer it: {readers}"


def test_nothing_of_ours_is_a_coroutine() -> None:
    waiting = {_relative(p) for p in PYTHON if re.search(r"^\s*async def ", p.read_text("utf-8"), re.MULTILINE)}
    assert not waiting, f"The factory calls views and hooks as they are; a coroutine would never run: {waiting}"


def test_every_route_declares_its_right(app: Flask) -> None:
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in TELLS_ITSELF and not hasattr(app.view_functions[rule.endpoint], "rights")
    ]
    assert not silent, f"Put @needs(…) directly under the route: {silent}"


def test_every_right_a_route_declares_exists(app: Flask) -> None:
    from app.core.web.current import ENROLLING, PUBLIC, SIGNED_IN

    known = {*RIGHTS, PUBLIC, SIGNED_IN, ENROLLING}
    unknown = {
        f"{name}: {right}"
        for name, view in app.view_functions.items()
        for right in getattr(view, "rights", ())
        if right not in known
    }
    assert not unknown, f"Add the right to the policy or correct its name: {unknown}"


def test_addresses_are_kebab_case_nouns_with_opaque_references(app: Flask) -> None:
    odd = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in TELLS_ITSELF and re.search(r"[A-Z_]|<int:|<uuid:", re.sub(r"<[^>]*>", "", rule.rule))
    ]
    assert not odd, f"Write addresses in kebab case and name records by their ref: {odd}"


def test_get_and_post_never_share_a_view(app: Flask) -> None:
    both = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and "POST" in rule.methods
    ]
    assert not both, f"Split into bp.get and bp.post: {both}"


def test_every_step_of_every_workflow_asks_for_a_right_that_some_role_holds(app: Flask) -> None:
    held = {right for grants in GRANTS.values() for right in grants}
    orphans = sorted(catalogue.rights() - held)
    assert not orphans, f"Grant it in app/core/policy or correct the workflow: {orphans}"


def test_every_step_that_people_take_has_its_operation(app: Flask) -> None:
    wanted = {step.key for workflow in catalogue.ALL for step in workflow.steps if not step.system}
    missing = sorted(wanted - set(OPERATIONS))
    assert not missing, f"Write the operation of this step: {missing}"


def test_every_operation_asks_for_a_right_that_exists(app: Flask) -> None:
    unknown = {
        o.name: o.right for o in OPERATIONS.values() if o.right and o.right not in RIGHTS and o.right != "system"
    }
    assert not unknown, f"Add the right to the policy: {unknown}"


def test_every_grant_belongs_to_a_role_that_exists() -> None:
    known = {*ROLES, *HOLDERS, *VISITORS}
    assert set(GRANTS) <= known, f"Unknown roles in the grants: {set(GRANTS) - known}"


def test_security_30_administrators_hold_no_right_on_business_data() -> None:
    business = (
        "monitoring.",
        "problems.",
        "plans.",
        "visits.",
        "effects.",
        "disclosure.",
        "letters.",
        "accountability.",
        "people.view_students",
        "consent.",
        "screening.",
    )
    held = {(role, right) for role in ADMINISTRATORS for right in GRANTS.get(role, {}) if right.startswith(business)}
    assert not held, f"Administrators read no business data: {held}"


def test_every_movable_record_can_be_named_and_found(app: Flask) -> None:
    for table, model in MOVABLES.items():
        assert isinstance(model.label, property) and isinstance(model.address, property), (
            f"{table} lacks label or address"
        )


def test_every_model_has_what_the_guards_of_its_workflow_read(app: Flask) -> None:
    missing = {
        f"{table}.{name}"
        for table, model in MOVABLES.items()
        for name in {fact.split("[")[0] for fact in model.workflow.reads}
        if not hasattr(model, name)
    }
    assert not missing, f"Give the model this property: {sorted(missing)}"


def test_security_26_every_table_with_a_school_forces_row_level_security(
    settings: object, cluster: object, worker: str
) -> None:
    engine = create_engine(cluster.url("bihuan_owner", f"bihuan_{worker}"))  # type: ignore[attr-defined]
    open_tables = text(
        """select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
           join pg_namespace n on n.oid = c.relnamespace
           where c.relkind = 'r' and n.nspname = 'public' and a.attname = 'school_id' and not c.relforcerowsecurity"""
    )
    with engine.connect() as connection:
        found = {row.relname for row in connection.execute(open_tables)}
    engine.dispose()
    assert not found, f'Set __protection__ = "unit" or "student" on the model: {sorted(found)}'


def test_security_26_the_app_role_owns_nothing_and_bypasses_nothing(
    settings: object, cluster: object, worker: str
) -> None:
    engine = create_engine(cluster.url("bihuan_app", f"bihuan_{worker}"))  # type: ignore[attr-defined]
    with engine.connect() as connection:
        strong = connection.execute(
            text(
                "select rolsuper or rolbypassrls or rolcreatedb or rolcreaterole from pg_roles where rolname = current_user"
            )
        ).scalar_one()
        owned = connection.execute(
            text("select count(*) from pg_class where pg_get_userbyid(relowner) = current_user")
        ).scalar_one()
    engine.dispose()
    assert not strong and owned == 0


def test_a_form_that_calls_two_operations_is_caught_wherever_a_test_sends_it(
    application: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(application.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(application.view_functions, "identity.choose_language", _two_operations)
    with pytest.raises(AssertionError, match=r"calls one operation.*'house.one', 'house.two'"):
        application.test_client().post("/language", base_url="https://localhost")
    assert set(one_operation.TWO_IN_ONE) <= {rule.endpoint for rule in application.url_map.iter_rules()}


def _two_operations() -> str:
    for step in ("house.one", "house.two"):
        for look in trail.BEGINNINGS:
            look(step)
    return "both"


OF_A_RECORD = "of a record that a query with an actor has given"
BY_CODE = "for who has the code and nothing else"
WITHOUT_ACTOR = {
    "emergencies.student_of": OF_A_RECORD,
    "screening.class_of": OF_A_RECORD,
    "access.student_of": OF_A_RECORD,
    "rainbow.history": OF_A_RECORD,
    "imports.earlier_version": OF_A_RECORD,
    "citizen_letters.inspectors_by_school": "asked by the system for a letter's place",
    "citizen_letters.letter_by_code": BY_CODE,
    "citizen_letters.id_of": BY_CODE,
    "problems.issued_document": BY_CODE,
    "boards.frozen_on": "asked by the sweep",
}
"""Queries that ask for nobody, each with why."""


def test_every_query_takes_the_actor_first() -> None:
    wrong = []
    for path in PYTHON:
        if path.stem != "queries" and path.parent.name != "queries":
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and node.args.args:
                asks = "select" in ast.dump(node) and "session." in ast.unparse(node)
                if asks and node.args.args[0].arg != "actor":
                    wrong.append(
                        f"{path.parent.parent.name if path.stem != 'queries' else path.parent.name}.{node.name}"
                    )
    assert set(wrong) <= set(WITHOUT_ACTOR), f"Put the actor first: {sorted(set(wrong) - set(WITHOUT_ACTOR))}"
    assert set(WITHOUT_ACTOR) <= set(wrong), f"These take the actor by now: {sorted(set(WITHOUT_ACTOR) - set(wrong))}"


def test_no_template_carries_inline_script_or_style() -> None:
    pattern = re.compile(r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=\"")
    pages = [p for p in (ROOT / "templates").rglob("*.html") if "documents" not in p.parts]
    inline = [_relative(p) for p in pages if pattern.search(p.read_text("utf-8"))]
    assert not inline, f"Move it into app/static; the content security policy forbids it: {inline}"


def test_security_55_nothing_is_marked_safe_outside_the_reviewed_list() -> None:
    reviewed = {
        "app/core/web/icons.py",
        "app/core/web/drawings.py",
        "app/core/web/controls.py",
        "app/core/web/chips.py",
        "app/core/web/plurals.py",  # a sentence of the catalogue, as Jinja marks it; what is put in is escaped
    }
    pattern = re.compile(r"\|\s*safe\b|render_template_string|Markup\(")
    files = [*PYTHON, *(ROOT / "templates").rglob("*.html")]
    found = {_relative(p) for p in files if pattern.search(p.read_text("utf-8"))} - reviewed
    assert not found, f"Let autoescape do it, or review it and add it here: {sorted(found)}"


def test_only_the_storage_names_a_file_that_leaves() -> None:
    files = [p for p in PYTHON if re.search(r"""["']Content-Disposition["']""", p.read_text("utf-8"))]
    by_hand = {_relative(p) for p in files} - {"app/core/storage/serving.py", "app/core/web/headers.py"}
    assert not by_hand, (
        f"Use headers_for of app.core.storage: a name in Chinese breaks a header made by hand: {by_hand}"
    )
    assert "headers_for" in (ROOT / "app/core/web/downloads.py").read_text("utf-8")
