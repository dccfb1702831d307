"""Pages of accountability, opened by those who may and hidden from everybody else, and the papers that are printed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.core import clock as core_clock
from app.core.database import db, use_context
from app.core.outbox.models import OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.accountability import letters
from app.improvement.accountability.models import AccountabilityDocument, AccountabilityRecord
from app.improvement.accountability.operations import hearing
from app.improvement.accountability.queries import records as queries
from tests.cast import sign_in
from tests.conftest import Clock
from tests.improvement.accountability.scenes import SAID, AccountabilityScene

Get = Callable[[str, str], tuple[int, str]]


@pytest.fixture
def get(app: Flask, scene: AccountabilityScene) -> Get:
    """Open an address as somebody: status and page."""

    def opened(key: str, address: str) -> tuple[int, str]:
        answer = sign_in(app.test_client(), scene.cast[key]).get(address)
        return answer.status_code, answer.get_data().decode("utf-8", "replace")

    return opened


def _passed(scene: AccountabilityScene, record: AccountabilityRecord, clock: Clock) -> None:
    scene.days_on(record, lambda amount: clock.offset(core_clock.offset() + amount))
    hearing.keep_time_of_all()
    db.session.refresh(record)


def test_a_draft_is_unknown_to_the_school_it_is_about(scene: AccountabilityScene, get: Get) -> None:
    record = scene.drafted()
    assert get("principal", record.address)[0] == 404
    assert record.number not in get("principal", "/accountability")[1]
    assert get("evaluator", record.address)[0] == 200
    assert get("evaluator", f"{record.address}/text")[0] == 200


def test_after_the_notice_the_party_reads_it_and_nobody_else_of_the_school_does(
    scene: AccountabilityScene, get: Get
) -> None:
    record = scene.notified()
    status, body = get("principal", record.address)
    assert status == 200 and record.account in body and "/items/" in body
    assert record.number in get("principal", "/accountability")[1]
    for key in ("school_coordinator", "chengguan_principal", "subject_teacher", "inspector_2", "other_office_director"):
        assert get(key, record.address)[0] == 404, key


def test_the_forms_open_for_those_who_use_them(scene: AccountabilityScene, get: Get, clock: Clock) -> None:
    record = scene.said(scene.notified())
    assert get("principal", f"{record.address}/statement")[0] == 200
    assert get("office_director", f"{record.address}/steps/notify")[0] == 200
    _passed(scene, record, clock)
    status, body = get("leading_group_head", f"{record.address}/decision")
    assert status == 200 and SAID in body
    scene.decide(record)
    assert get("principal", f"{record.address}/appeal")[0] == 200
    scene.appealed(record)
    assert get("leading_group_member", f"{record.address}/answer")[0] == 200
    unit = scene.cast["principal"].unit
    for kind in ("accountability", "commendation"):
        assert get("evaluator", f"/accountability/new?unit={unit.ref}&kind={kind}")[0] == 200
    assert get("evaluator", "/accountability/new")[0] == 200


def test_a_statement_and_an_appeal_are_made_in_the_browser(
    app: Flask, scene: AccountabilityScene, clock: Clock
) -> None:
    record = scene.notified()
    client = sign_in(app.test_client(), scene.cast["principal"])
    short = client.post(f"{record.address}/statement", data={"words": "同意", "version": record.version})
    assert short.status_code == 422
    sent = client.post(f"{record.address}/statement", data={"words": SAID, "version": record.version})
    assert sent.status_code == 303
    assert SAID in client.get(record.address).get_data(as_text=True)


def test_the_county_reads_a_commendation_on_notice_and_another_school_objects(
    app: Flask, scene: AccountabilityScene, get: Get
) -> None:
    record = scene.notified(scene.praised())
    notice = scene.notices_of(record)[0]
    assert record.title in get("subject_teacher", "/circulars")[1]
    client = sign_in(app.test_client(), scene.cast["chengguan_principal"])
    assert client.get(f"{notice.address}/objection").status_code == 200
    words = "复测时有两个班没有参加，请核实"
    assert client.post(f"{notice.address}/objection", data={"words": words}).status_code == 303
    assert words not in get("principal", record.address)[1]
    assert words in get("office_director", record.address)[1]


def test_notice_and_decision_are_printed_and_checked_by_anybody(
    app: Flask, scene: AccountabilityScene, get: Get, clock: Clock
) -> None:
    record = scene.said(scene.notified())
    _print_waiting()
    _passed(scene, record, clock)
    scene.decide(record)
    _print_waiting()
    use_context(SYSTEM.context())
    made = db.session.scalars(select(AccountabilityDocument).where(AccountabilityDocument.record_id == record.id)).all()
    assert {(one.paper, one.edition) for one in made} == {("notice", 1), ("decision", 1)}
    assert {"word"} <= {one.form for one in made}
    paper = next(one for one in made if one.form == "word" and one.paper == "decision")
    address = f"{record.address}/documents/decision/word/1"
    assert get("principal", address)[0] == 200
    assert get("school_coordinator", address)[0] == 404
    assert paper.number in get("principal", record.address)[1]


def test_a_list_of_many_asks_no_more_than_a_list_of_one(scene: AccountabilityScene) -> None:
    item = scene.at_work()
    for _number in range(3):
        scene.drafted(item=item)
    assert len(queries.records(scene.actor("evaluator"))) == 3


def _print_waiting() -> None:
    """What the worker does with the papers that were asked for; each once."""
    use_context(SYSTEM.context())
    rows = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "accountability_paper")).all()
    for row in rows:
        letters.paper(row)
