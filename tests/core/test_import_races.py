"""Imports under pressure: many at once, killed half-way, files that mean harm. Real commits, real connections."""

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.core.database import db, use_context
from app.core.errors import ImportRefused, Invalid, Stale, StepRefused
from app.core.imports import arrival, jobs, operations
from app.core.imports.models import ImportBatch
from app.core.imports.operations import CheckIn, SameFile, StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.people.directory import imports as directory_imports
from app.people.directory.models import Student
from tests.cast import Cast, sign_in
from tests.factories import hostile_workbooks
from tests.people.directory.rolls import children, workbook


def at_once(app: Flask, count: int, work: Callable[[], Any]) -> list[Any]:
    """`work` in `count` threads that start together; what each returned or raised."""
    barrier = threading.Barrier(count)

    def run() -> Any:
        with app.app_context():
            barrier.wait()
            try:
                return work()
            except Exception as error:  # the outcome of a race is looked at below
                return error
            finally:
                db.session.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


def data(cast: Cast, count: int = 30) -> bytes:
    return workbook(list(children([(cast.units["shuangqiao"].code, "G7")], count)))


def upload(cast: Cast, content: bytes) -> ImportBatch:
    actor = cast.actor("school_coordinator")
    use_context(actor.context())
    place = arrival.place_of(actor, "students", None)
    return operations.upload(actor, place, arrival.receive(actor, place, content, "名册.xlsx"))


def ready(cast: Cast) -> Any:
    batch = upload(cast, data(cast))
    operations.check(cast.actor("school_coordinator"), batch, CheckIn())
    deliver.drain()
    return batch.id


def students() -> int:
    use_context(SYSTEM.context())
    return db.session.scalar(select(func.count()).select_from(Student)) or 0


def test_security_54_of_eight_people_who_upload_the_same_file_one_succeeds(committed: Flask, cast: Cast) -> None:
    content = data(cast)
    outcomes = at_once(committed, 8, lambda: upload(cast, content).ref)

    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert all(isinstance(outcome, str | SameFile) for outcome in outcomes), outcomes
    use_context(SYSTEM.context())
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 1


def test_of_eight_who_accept_at_once_one_succeeds_and_the_rows_come_in_once(committed: Flask, cast: Cast) -> None:
    batch_id = ready(cast)

    def accept() -> str:
        use_context(cast.actor("principal").context())
        operations.accept(cast.actor("principal"), db.session.get_one(ImportBatch, batch_id), StepIn())
        return "accepted"

    outcomes = at_once(committed, 8, accept)
    assert outcomes.count("accepted") == 1
    assert all(isinstance(outcome, str | StepRefused | Stale) for outcome in outcomes), outcomes
    deliver.drain()
    assert students() == 30


def test_of_four_workers_that_are_handed_the_same_job_one_does_it(committed: Flask, cast: Cast) -> None:
    batch_id = ready(cast)
    use_context(cast.actor("principal").context())
    operations.accept(cast.actor("principal"), db.session.get_one(ImportBatch, batch_id), StepIn())
    use_context(SYSTEM.context())
    row = db.session.execute(text("select * from outbox where kind = 'import_accept'")).one()
    db.session.rollback()

    def take_in() -> str:
        use_context(SYSTEM.context())
        jobs.take_in(row)
        return "done"

    outcomes = at_once(committed, 4, take_in)
    assert all(outcome == "done" or isinstance(outcome, StepRefused | Stale) for outcome in outcomes), outcomes
    assert students() == 30
    told = text("select count(*) from audit.access_log where step = 'import_batch.finish_acceptance'")
    assert db.session.scalar(told) == 1


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_job_begins_anew(
    committed: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = ready(cast)
    use_context(cast.actor("principal").context())
    operations.accept(cast.actor("principal"), db.session.get_one(ImportBatch, batch_id), StepIn())
    real = directory_imports.roster.write_students

    def die(*given: Any) -> Any:
        real(*given)
        db.session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    use_context(SYSTEM.context())
    row = db.session.execute(text("select * from outbox where kind = 'import_accept'")).one()
    with monkeypatch.context() as patch:
        patch.setattr(directory_imports.roster, "write_students", die)
        outcomes = at_once(committed, 1, lambda: (use_context(SYSTEM.context()), jobs.take_in(row)))
    assert isinstance(outcomes[0], Exception)
    db.session.rollback()
    assert students() == 0

    use_context(SYSTEM.context())
    jobs.take_in(row)
    db.session.rollback()
    assert students() == 30
    use_context(SYSTEM.context())
    assert db.session.get_one(ImportBatch, batch_id, populate_existing=True).state == "accepted"


HARMFUL = hostile_workbooks.corpus()


@pytest.mark.parametrize("label", HARMFUL)
def test_security_50_a_file_that_means_harm_is_refused_and_nothing_is_kept(app: Flask, cast: Cast, label: str) -> None:
    name, content, _code = HARMFUL[label]
    actor = cast.actor("school_coordinator")
    use_context(actor.context())
    place = arrival.place_of(actor, "students", None)
    with pytest.raises((ImportRefused, Invalid)) as refused:
        operations.upload(actor, place, arrival.receive(actor, place, content, name))
    sentences = getattr(refused.value, "sentences", ())
    words = list(sentences.values()) if isinstance(sentences, dict) else list(sentences)
    assert words and all(word.zh and word.en for word in words)
    use_context(SYSTEM.context())
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0


@pytest.mark.parametrize("label", ["password xlsx", "300 MB of zeros", "a picture called xlsx", "cut short"])
def test_the_page_says_why_and_keeps_what_was_typed(app: Flask, cast: Cast, label: str) -> None:
    name, content, _code = HARMFUL[label]
    browser = sign_in(app.test_client(), cast["school_coordinator"])
    form = {"file": (io.BytesIO(content), name), "sender": "镇中心校"}
    answer = browser.post("/imports/new?kind=students", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text and 'value="镇中心校"' in answer.text
