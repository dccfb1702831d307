"""The demo county: every state of every machine is there to look at, told by the operations, and its trail holds."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.care.rainbow.queries import proposals
from app.care.screening.models import CriticalAlert, ScreeningTask
from app.care.screening.queries.own import own_tasks
from app.core.casework import waiting
from app.core.casework.choices import choices
from app.core.casework.deadlines import Deadline
from app.core.casework.records import MOVABLES
from app.core.clock import local
from app.core.database import db, use_context
from app.core.imports.models import ImportBatch
from app.core.outbox import deliver
from app.core.outbox.models import OutboxRow
from app.core.policy import decide
from app.core.policy.actor import SYSTEM, Actor
from app.core.policy.roles import HOLDERS
from app.demo import load, names, roll, rounds, tree, words
from app.demo.telling import FOR_THE_WORKER
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.operations.sending import writer
from app.improvement.disclosure.models import ResultDisclosure, ShowcaseAdoption
from app.improvement.effects.models import ClosurePrint, ValueAddedEffect
from app.improvement.monitoring.models import DataFinding, Indicator, MonitoringCycle, SourceConflict
from app.improvement.plans.models import Evidence
from app.improvement.problems.models import ItemHandOff, ProblemItem
from app.improvement.suppliers.models import SupplierAgreement
from app.people.directory.models import RoleAssignment, Student, Unit
from app.people.identity.standing_in import acting_for
from tests.conftest import _application, settings_for

PASSING = {
    "import_batches": {"accepting", "checking", "rolling_back"},
    "closure_requests": {"approved"},
    "remediation_plans": {"approved"},
    "effect_evaluations": {"data_ready"},
    "supervision_visits": {"responded"},
    "problem_lists": {"completed"},
    "data_findings": {"superseded"},
    "rainbow_assessments": {"confirmed", "adjusted", "expired"},
    "consents": {"pending", "expired"},
    "code_change_requests": {"approved"},
    "screening_campaigns": {"closed"},
    "screening_tasks": {"assigned", "consent_pending", "submitted", "scored", "needs_retest"},
    "rights_requests": {"preparing"},
    "purge_batches": {"approved"},
    "accountability_records": {"lapsed"},
}
"""States that a record only passes through within one act or one job, that the next round or year brings about, or that too
few of the test's three thousand students come to."""

WRITTEN_FOR = datetime(2026, 11, 29, 4, tzinfo=UTC)
"""The demo's days are fixed; as time goes on more of it runs out."""


@pytest.fixture(scope="module")
def county(cluster: Any, worker: str, keys: Path) -> Iterator[Flask]:
    """The whole demo with few students, in a database of its own."""
    database = f"bihuan_{worker}_demo"
    cluster.make_database(database)
    app = _application(settings_for(cluster, database, worker, keys))
    with app.app_context():
        try:
            load.load(3000, lambda said: None)
            use_context(SYSTEM.context())
            yield app
        finally:
            db.session.close()
            db.engine.dispose()


def _states(model: Any) -> Counter[str]:
    return Counter(dict(db.session.execute(select(model.state, func.count()).group_by(model.state)).all()))


def test_every_state_of_every_machine_is_there_to_look_at(county: Flask) -> None:
    missing = {
        table: sorted({state.code for state in model.workflow.states} - set(_states(model)) - PASSING.get(table, set()))
        for table, model in MOVABLES.items()
    }
    lacking = {table: states for table, states in missing.items() if states}
    assert not lacking, f"Let the demo tell of these: {lacking}"


def test_there_are_between_150_and_350_problem_items_of_several_sources(county: Flask) -> None:
    assert 150 <= db.session.scalar(select(func.count()).select_from(ProblemItem)) <= 350
    sources = set(db.session.scalars(select(ProblemItem.source_type).distinct()))
    assert sources >= {"monitoring", "petition", "safety", "audit", "inspection", "self_check", "opinion", "patrol"}


def test_causes_cite_what_stands_behind_their_item_and_evidence_is_of_school_days(county: Flask) -> None:
    use_context(SYSTEM.context())
    analysed = db.session.execute(
        text(
            """select c.id, num_nonnulls(c.finding_id, c.support_id) as cites,
                      (c.finding_id is null or exists (select 1 from item_findings l
                         where l.item_id = c.item_id and l.finding_id = c.finding_id))
                  and (c.support_id is null or exists (select 1 from item_findings l join finding_supports s
                         on s.finding_id = l.finding_id where l.item_id = c.item_id and s.id = c.support_id)) as own
               from causes c join problem_items i on i.id = c.item_id where i.source_type = 'monitoring'
                 and exists (select 1 from item_findings l where l.item_id = c.item_id)"""
        )
    ).all()
    assert len(analysed) > 100 and all(row.cites and row.own for row in analysed)
    days = db.session.scalars(select(Evidence.happened_on)).all()
    off = [day for day in days if day.month in (7, 8) or day.weekday() > 4]
    assert len(off) < len(days) / 20, f"{len(off)} of {len(days)} pieces of evidence are of days without lessons"


def test_what_came_from_a_check_is_not_remedied_by_exercises(county: Flask) -> None:
    use_context(SYSTEM.context())
    rows = db.session.execute(
        text(
            """select a.title, coalesce(i.criteria, '') <> '' as on_the_spot from remediation_actions a
               join remediation_plans p on p.id = a.plan_id join problem_items i on i.id = p.item_id"""
        )
    ).all()
    kits = {spot: {title for title, *_rest in words.kit_of("是" if spot else "").measures} for spot in (True, False)}
    assert len(rows) > 150
    wrong = Counter((row.on_the_spot, row.title) for row in rows if row.title in kits[not row.on_the_spot])
    assert not wrong
    assert sum(row.on_the_spot for row in rows) > 20


def test_every_deficit_that_was_planted_is_found_and_hardly_anything_else_is(county: Flask) -> None:
    wanted = (
        select(MonitoringCycle.code, Unit.code, Indicator.code, DataFinding.verdict)
        .join(DataFinding, DataFinding.cycle_id == MonitoringCycle.id)
        .join(Unit, Unit.id == DataFinding.unit_id)
        .join(Indicator, Indicator.id == DataFinding.indicator_id)
        .where(DataFinding.result_id.is_not(None), DataFinding.class_no.is_(None))
    )
    found = {(cycle, school, code): verdict for cycle, school, code, verdict in db.session.execute(wanted)}
    assert {one.code for one in rounds.ROUNDS} >= {"2019-JUNIOR", "2021-PRIMARY", "2022-QUALITY"}
    for one in (one for one in rounds.ROUNDS if not one.marked_again):
        given = {
            (one.code, school, rounds.code_of(subject, grade, word))
            for school, grade, subject, word in _cells(one)
            if rounds.planted(one, school, grade, subject, word)
        }
        told = {cell: verdict for cell, verdict in found.items() if cell[0] == one.code}
        assert given and given <= set(told), f"{one.code}: planted and not found: {sorted(given - set(told))}"
        candidates = {cell for cell, verdict in told.items() if verdict == "candidate"}
        assert len(candidates & given) > len(given) / 2, f"{one.code}: most of them are certain"
        assert len(candidates - given) <= 6, f"{one.code}: candidates that nobody planted: {sorted(candidates - given)}"


def _cells(one: Any) -> Iterator[tuple[str, str, str, str]]:
    """School, grade, subject and word of every indicator that a round measures."""
    builder = tree.Builder("330901", "清澜县教育局", 2026)
    builder.groups()
    builder.schools(names.schools())
    for school, (_identity, kind, _short) in builder.county.schools.items():
        for grade, subject in product(one.grades, one.subjects):
            if kind in rounds.STAGES[grade]:
                yield from ((school, grade, subject, word) for word in rounds.SUBJECT_WORDS[subject][1])


def test_the_demo_is_a_county_of_true_size_and_shape(app: Flask) -> None:
    builder = tree.Builder("330901", "清澜县教育局", 2026)
    builder.groups()
    builder.schools(names.schools())
    classes = Counter((row[0], row[7], row[8]) for row in roll.rows(builder.county, load.STUDENTS))
    assert (len(builder.county.schools), sum(classes.values())) == (56, 40_000)
    assert 900 <= len(classes) <= 1_100 and max(classes.values()) <= 60


def test_most_of_what_runs_is_in_time_and_some_is_late(county: Flask) -> None:
    running = (Deadline.closed_at.is_(None), Deadline.paused_at.is_(None))
    kinds = select(Deadline.entity, Deadline.name, func.count()).where(*running, Deadline.due_at < WRITTEN_FOR)
    counted = db.session.execute(kinds.group_by(Deadline.entity, Deadline.name)).all()
    late = {f"{entity} {name}": n for entity, name, n in counted}
    every = db.session.scalar(select(func.count()).where(*running)) or 0
    assert 10 <= sum(late.values()) <= every * 2 / 5, f"{every} run, {sum(late.values())} are late: {late}"


def test_papers_that_nobody_waits_for_are_left_to_the_worker_which_prints_them(county: Flask) -> None:
    waiting = select(OutboxRow.id).where(OutboxRow.kind.in_(FOR_THE_WORKER), OutboxRow.done_at.is_(None))
    waits = set(db.session.scalars(waiting))
    assert len(waits) > 20
    claimed = next(number for number, _ in deliver.claim(1000) if number in waits)
    deliver._deliver(claimed)
    use_context(SYSTEM.context())
    assert set(db.session.scalars(select(ClosurePrint.form))) == {"pdf", "word"}
    row = db.session.get_one(OutboxRow, claimed)
    assert row.done_at is not None and row.trouble is None


def test_primary_and_junior_schools_have_value_added_rows(county: Flask) -> None:
    wanted = select(Unit.school_type, func.count()).join(ValueAddedEffect, ValueAddedEffect.unit_id == Unit.id)
    found = dict(db.session.execute(wanted.group_by(Unit.school_type)).all())
    assert found.get("21", 0) > 10 and found.get("31", 0) > 10


def test_examples_are_taken_up_and_a_paper_is_out(county: Flask) -> None:
    taken = db.session.scalars(select(ShowcaseAdoption)).all()
    assert len(taken) >= 2 and any(one.ended_on for one in taken) and any(one.ended_on is None for one in taken)
    papers = select(ResultDisclosure).where(ResultDisclosure.source_kind == "document")
    assert [one.state for one in db.session.scalars(papers)] == ["published"]


def test_doubts_between_two_rounds_are_asked_answered_and_settled(county: Flask) -> None:
    found = db.session.scalars(select(SourceConflict)).all()
    assert len(found) == 3 and len({one.school_id for one in found}) == 3
    assert sorted(bool(one.answer) for one in found) == [False, True, True]
    assert [one.chosen_id == one.second_id for one in found if one.settled_at] == [True]


def test_alerts_are_taken_on_in_time_with_one_or_two_late_and_none_waits_for_days(county: Flask) -> None:
    found = db.session.scalars(select(CriticalAlert)).all()
    waiting = [one for one in found if one.state == "pending"]
    assert waiting and all(one.accept_by is not None and one.accept_by > WRITTEN_FOR for one in waiting)
    assert len([one for one in found if one.told > 1]) in (1, 2)


def test_one_line_went_to_every_school_of_a_type_and_some_have_signed_for_theirs(county: Flask) -> None:
    use_context(SYSTEM.context())
    wanted = select(ProblemItem.state).where(ProblemItem.addressee == "direct")
    states = Counter(db.session.scalars(wanted).all())
    assert states["accepted"] >= 5 and states["issued"] >= 5


def test_the_last_round_names_the_supplier_of_its_file_whose_agreement_was_in_force(county: Flask) -> None:
    use_context(SYSTEM.context())
    batch = db.session.scalars(select(ImportBatch).where(ImportBatch.supplier_id.is_not(None))).one()
    cycle = db.session.get_one(MonitoringCycle, batch.target_id)
    agreements = db.session.scalars(
        select(SupplierAgreement).where(SupplierAgreement.supplier_id == batch.supplier_id)
    ).all()
    day = local(batch.created_at).date()
    assert cycle.code == "2025-COUNTY" and any(one.from_on <= day <= one.until_on for one in agreements)


def test_items_went_for_help_and_a_letter_is_looked_at_on_the_spot(county: Flask) -> None:
    use_context(SYSTEM.context())
    kinds = Counter(db.session.scalars(select(ItemHandOff.kind)).all())
    assert (kinds["passed"], kinds["given_back"]) == (5, 3)
    asked = select(func.count()).select_from(CitizenLetter).where(CitizenLetter.visit_line_id.is_not(None))
    assert db.session.scalar(asked) == 1


EVERY = 100_000
BESIDE_THE_DESK = ("screening_tasks", "rainbow_assessments", "care_duties", "citizen_letters")
"""What waits for children, in a queue, for teachers of classes of whom the demo has one a school, and for who wrote."""


def _on_desks() -> set[uuid.UUID]:
    """Every record that waits for somebody who works in one of the two counties, as each of them would see it.

    Proposals of everyday support stand in the queue of who confirms them, of which the desk names the number.
    """
    use_context(SYSTEM.context())
    found: set[uuid.UUID] = set()
    for assignment in db.session.scalars(select(RoleAssignment.id)).all():
        use_context(SYSTEM.context())
        actor = acting_for(assignment)
        if actor is not None:
            use_context(actor.context())
            found |= {thing.record.id for thing in waiting.waiting_for(actor)}
            if decide.holds(actor, proposals.VIEW):
                found |= {row[0].id for row in proposals.queue(actor, EVERY)}
    use_context(SYSTEM.context())
    return found


def _on_pages_of_children() -> set[uuid.UUID]:
    """Every task of a survey that a child finds behind the own code."""
    open_ones = select(ScreeningTask.student_id).where(ScreeningTask.state.in_(("ready", "in_progress")))
    role, found = HOLDERS["student"], set[uuid.UUID]()
    children = db.session.scalars(select(Student).where(Student.id.in_(open_ones), Student.left_on.is_(None))).all()
    for child, county, school in [(one.id, one.county_id, one.school_id) for one in children]:
        actor = Actor(
            account_id=child, role=role.code, county_id=county, school_id=school, student_id=child,
            data_classes=role.data_classes,
        )  # fmt: skip
        use_context(actor.context())
        found |= {task.id for task in own_tasks(actor)}
    use_context(SYSTEM.context())
    return found


def _with_their_writers() -> set[uuid.UUID]:
    """Every answered letter that its writer finds behind the code of the receipt and may rate."""
    found: set[uuid.UUID] = set()
    for letter in db.session.scalars(select(CitizenLetter.id).where(CitizenLetter.state == "answered")).all():
        actor = writer(letter)
        use_context(actor.context())
        read = db.session.get_one(CitizenLetter, letter, populate_existing=True)
        found |= {letter} if any(one.step.name == "rate" for one in choices(actor, read)) else set()
    use_context(SYSTEM.context())
    return found


def test_nothing_open_waits_for_nobody(county: Flask) -> None:
    found, lost, seen = _on_desks(), Counter[str](), Counter[str]()
    found |= _on_pages_of_children() | _with_their_writers()
    for table, model in MOVABLES.items():
        for state in waiting.main_steps(model.workflow):
            group = list(db.session.scalars(select(model).where(model.state == state)))
            ready = waiting.READY.get((table, state), waiting.each(lambda record: True))
            waits = ready(group) if group else set()
            seen[table] += len(waits)
            lost[f"{table} {state}"] += len(waits - found)
    assert seen.total() > 300 and all(seen[table] for table in BESIDE_THE_DESK), seen
    assert not +lost, f"Nobody who works here can take the next step of these: {+lost}"
