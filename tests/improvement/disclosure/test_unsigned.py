"""Who has not signed is listed and reminded: by the system before and after the last day, by the office once a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.core import clock
from app.core.audit import trail
from app.core.calendar import add_working_days
from app.core.database import db, use_context, uuid7
from app.core.errors import NotAllowed, NotFound, StepRefused
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.disclosure import letters
from app.improvement.disclosure.models import DocumentReceipt, DocumentSending, LibraryDocument
from app.improvement.disclosure.operations.reminders import RemindIn, remind_of_all, remind_units
from app.improvement.disclosure.operations.sendings import SendingIn, SignIn, send_document, sign_for
from app.improvement.disclosure.queries import unsigned
from app.improvement.disclosure.queries.sendings import receipt_for
from app.improvement.monitoring import letters as monitoring_letters
from app.improvement.monitoring.models import ReleaseAck
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as
from tests.improvement.disclosure.scenes import DisclosureScene
from tests.improvement.disclosure.test_library import added
from tests.improvement.disclosure.test_sendings import of_type


@pytest.fixture
def sent(scene: DisclosureScene, app: Flask) -> LibraryDocument:
    """A paper that went to two schools, of which 云台学校 has signed."""
    of_type(scene, "township", "shuangqiao", "yuntai")
    document = added(scene, app)
    send_document(act_as(scene.actor("office_director")), document, SendingIn(("township",), "请传达到教研组"))
    signer = act_as(scene.actor("yuntai_principal"))
    sign_for(signer, receipt_for(signer, document), SignIn())
    use_context(SYSTEM.context())
    return document


def _last_day(day: date) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.last_day"):
        for table in (DocumentSending, DocumentReceipt):
            db.session.execute(update(table).values(sign_by=day))


def _heard(cast: Cast, key: str) -> list[str]:
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "receipts_open")).all():
        letters.receipts_open(row)
    wanted = select(InboxLetter.title_zh).where(
        InboxLetter.person_id == cast[key].person_id, InboxLetter.title_zh.contains("签收")
    )
    return [title for title in db.session.scalars(wanted.order_by(InboxLetter.created_at)) if "请签收" not in title]


def test_only_units_that_have_not_signed_are_reminded_the_working_day_before_and_once_it_is_late(
    sent: LibraryDocument, cast: Cast
) -> None:
    _last_day(add_working_days(clock.today(), 2))
    assert remind_of_all() == 0 and _heard(cast, "principal") == []
    _last_day(add_working_days(clock.today(), 1))
    assert remind_of_all() == 1 and remind_of_all() == 0
    assert len(_heard(cast, "principal")) == 1 and _heard(cast, "yuntai_principal") == []
    assert _heard(cast, "office_director") == []
    _last_day(clock.today() - timedelta(days=1))
    assert remind_of_all() == 1 and remind_of_all() == 0
    assert "已过" in _heard(cast, "principal")[-1] and _heard(cast, "yuntai_principal") == []
    assert "个单位没有按期签收" in _heard(cast, "office_director")[0]


def test_the_office_reminds_with_one_press_at_most_once_a_day_and_the_trail_tells(
    sent: LibraryDocument, cast: Cast
) -> None:
    office = act_as(cast.actor("office_director"))
    remind_units(office, sent, RemindIn())
    assert len(_heard(cast, "principal")) == 1 and _heard(cast, "yuntai_principal") == []
    with pytest.raises(StepRefused, match="明天再提醒"):
        remind_units(act_as(cast.actor("evaluator")), sent, RemindIn())
    with pytest.raises((NotAllowed, NotFound)):
        remind_units(act_as(cast.actor("principal")), sent, RemindIn())
    use_context(SYSTEM.context())
    steps = db.session.scalars(
        text("select step from audit.transition_log where step = 'library_document.remind'")
    ).all()
    assert len(steps) == 1


def test_units_that_have_not_signed_for_results_are_reminded_once_a_day(
    scene: DisclosureScene, cast: Cast, app: Flask
) -> None:
    cycle = scene.round("2026-spring", date(2026, 3, 1))
    with trail.act(SYSTEM, "system", "test.sent"):
        for key, state in (("shuangqiao", "pending"), ("yuntai", "acknowledged")):
            school = cast.units[key]
            db.session.add(
                ReleaseAck(
                    id=uuid7(), cycle_id=cycle.id, unit_id=school.id, county_id=school.county_id, school_id=school.id,
                    cycle_name=cycle.name, state=state, released_on=clock.today(), package={},
                )
            )  # fmt: skip
    client = sign_in(app.test_client(), cast["office_director"])
    assert f"/monitoring/cycles/{cycle.ref}/reminder" in client.get("/library/unsigned").get_data(as_text=True)
    assert client.post(f"/monitoring/cycles/{cycle.ref}/reminder").status_code == 303
    assert client.post(f"/monitoring/cycles/{cycle.ref}/reminder").status_code == 409
    use_context(SYSTEM.context())
    for row in db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "results_open")).all():
        monitoring_letters.results_open(row)
    told = select(InboxLetter.person_id).where(InboxLetter.kind == "results_open")
    heard = set(db.session.scalars(told))
    assert cast["principal"].person_id in heard and cast["yuntai_principal"].person_id not in heard
    (found,) = unsigned.results(act_as(cast.actor("office_director")))
    assert found.units == ("双桥中学",) and unsigned.results(act_as(cast.actor("principal"))) == []


def test_the_list_names_those_who_have_not_signed(sent: LibraryDocument, cast: Cast, app: Flask) -> None:
    (found,) = unsigned.papers(act_as(cast.actor("office_director")))
    assert found.label == sent.title and "双桥中学" in found.units and "云台学校" not in found.units
    assert [one.units for one in unsigned.papers(act_as(cast.actor("principal")))] == [("双桥中学",)]
    assert unsigned.papers(act_as(cast.actor("yuntai_principal"))) == []
    client = sign_in(app.test_client(), cast["office_director"])
    shown = client.get("/library/unsigned").get_data(as_text=True)
    assert "双桥中学" in shown and "云台学校" not in shown and f"/library/{sent.ref}/reminder" in shown
    assert client.post(f"/library/{sent.ref}/reminder").status_code == 303
    again = client.get("/library/unsigned").get_data(as_text=True)
    assert f"/library/{sent.ref}/reminder" not in again and "上次提醒" in again
    assert client.post(f"/library/{sent.ref}/reminder").status_code == 409


def test_a_paper_that_everybody_signed_asks_nobody(sent: LibraryDocument, cast: Cast, app: Flask) -> None:
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.signed"):
        values = {"signed_at": clock.now(), "signed_by": cast["principal"].person_id}
        db.session.execute(update(DocumentReceipt).values(**values))
    with pytest.raises(StepRefused, match="没有等着签收的单位"):
        remind_units(act_as(cast.actor("office_director")), sent, RemindIn())
    _last_day(clock.today() - timedelta(days=1))
    assert remind_of_all() == 0
    shown = sign_in(app.test_client(), cast["office_director"]).get("/library/unsigned").get_data(as_text=True)
    assert "都签收了" in shown
