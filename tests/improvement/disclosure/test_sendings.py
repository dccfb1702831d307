"""A paper goes to all units of some types: shown before, written down as of that moment, signed for by each unit."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.improvement.disclosure import letters
from app.improvement.disclosure.models import DocumentReceipt, LibraryDocument
from app.improvement.disclosure.operations import document_library as library
from app.improvement.disclosure.operations.sendings import SendingIn, SignIn, send_document, sign_for
from app.improvement.disclosure.queries import document_library, sendings
from app.people.directory.models import Unit
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.disclosure.scenes import DisclosureScene
from tests.improvement.disclosure.test_library import added


def of_type(scene: DisclosureScene, addressee: str, *keys: str) -> None:
    with trail.act(SYSTEM, "system", "units.type"):
        ids = [scene.cast.units[key].id for key in keys]
        db.session.execute(update(Unit).where(Unit.id.in_(ids)).values(addressee=addressee))


def sent(scene: DisclosureScene, app: Flask, *types: str) -> LibraryDocument:
    of_type(scene, "township", "shuangqiao", "shiyan")
    paper = added(scene, app)
    send_document(scene.actor("office_director"), paper, SendingIn(types or ("township",)))
    return paper


def units_of(scene: DisclosureScene, key: str, paper: LibraryDocument) -> set[str]:
    return {one.unit.name for one in sendings.receipts(act_as(scene.actor(key)), paper)}


def test_the_receivers_of_that_moment_are_written_down_with_their_type(scene: DisclosureScene, app: Flask) -> None:
    paper = sent(scene, app)
    of_type(scene, "direct", "shiyan")
    use_context(SYSTEM.context())
    kept = db.session.scalars(select(DocumentReceipt)).all()
    assert {(one.unit_id, one.addressee) for one in kept} == {
        (scene.cast.units[key].id, "township") for key in ("shuangqiao", "shiyan")
    }
    assert all(one.sign_by > clock.today() for one in kept)
    office = act_as(scene.actor("office_director"))
    assert sendings.receivers(office, paper, ("township", "direct")) == []
    with pytest.raises(Invalid, match="没有还没收到的单位"):
        send_document(scene.actor("office_director"), paper, SendingIn(("township", "direct")))


def test_each_unit_sees_and_signs_its_own_receipt_once(scene: DisclosureScene, app: Flask) -> None:
    paper = sent(scene, app)
    assert len(units_of(scene, "office_director", paper)) == 2
    assert len(units_of(scene, "principal", paper)) == 1
    assert units_of(scene, "dept_head", paper) == set()
    principal = act_as(scene.actor("principal"))
    assert [one.ref for one in document_library.documents(principal, to_sign=True)] == [paper.ref]
    receipt = sendings.receipt_for(principal, paper)
    sign_for(principal, receipt, SignIn())
    assert receipt.signed_by == principal.person_id
    assert document_library.documents(principal, to_sign=True) == []
    with pytest.raises(StepRefused, match="已经签收"):
        sign_for(principal, receipt, SignIn())
    with pytest.raises(NotFound):
        sendings.receipt_for(act_as(scene.actor("dept_head")), paper)
    with pytest.raises(NotAllowed):
        sign_for(scene.actor("office_director"), receipt, SignIn())


def test_sections_are_a_type_of_their_own_and_another_county_gets_nothing(scene: DisclosureScene, app: Flask) -> None:
    paper = sent(scene, app, "section")
    use_context(SYSTEM.context())
    kinds = select(Unit.kind, Unit.county_id).join(DocumentReceipt, DocumentReceipt.unit_id == Unit.id)
    assert {tuple(row) for row in db.session.execute(kinds)} == {("department", scene.cast.county.id)}
    assert len(units_of(scene, "dept_head", paper)) == 1


def test_a_paper_kept_from_principals_or_no_longer_in_force_is_not_sent(scene: DisclosureScene, app: Flask) -> None:
    of_type(scene, "township", "shuangqiao")
    office = scene.actor("office_director")
    inner = added(scene, app, title="督学手册", number="", roles=("inspector",))
    with pytest.raises(Invalid, match="给谁看"):
        send_document(office, inner, SendingIn(("township",)))
    old = added(scene, app, title="旧办法", number="")
    library.replace_document(
        office, old, library.ReplacedIn(added(scene, app, title="新办法", number="清教〔2026〕9号"))
    )
    with pytest.raises(Invalid, match="不能再发"):
        send_document(office, old, SendingIn(("township",)))
    with pytest.raises((NotAllowed, NotFound)):
        send_document(scene.actor("principal"), added(scene, app, title="通知", number=""), SendingIn(("township",)))


def test_those_who_may_sign_hear_of_it(scene: DisclosureScene, app: Flask) -> None:
    sent(scene, app)
    use_context(SYSTEM.context())
    row = db.session.scalars(select(OutboxRow).where(OutboxRow.kind == "document_sent")).one()
    for _ in range(2):
        letters.document_sent(row)
    heard = db.session.scalars(select(InboxLetter.person_id).where(InboxLetter.kind == "document_sent")).all()
    assert len(heard) == len(set(heard)), "delivered twice, told once"
    cast = scene.cast
    assert {cast["principal"].person_id, cast["school_coordinator"].person_id} <= set(heard)
    assert cast["dept_head"].person_id not in heard and cast["office_director"].person_id not in heard


def test_the_pages_show_to_whom_then_who_signed(app: Flask, scene: DisclosureScene) -> None:
    of_type(scene, "township", "shuangqiao", "shiyan")
    paper = added(scene, app)
    client = app.test_client()
    sign_in(client, scene.cast["office_director"])
    shown = client.get(f"{paper.address}/sending").get_data(as_text=True)
    assert "清澜县实验小学" in shown
    assert client.post(f"{paper.address}/sending", data={"addressees": [], "days": "3"}).status_code == 422
    answer = client.post(f"{paper.address}/sending", data={"addressees": ["township"], "days": "3", "note": "请传达"})
    assert answer.status_code == 303
    assert "0 / 2 已签收" in client.get(paper.address).get_data(as_text=True)
    school = app.test_client()
    sign_in(school, scene.cast["principal"])
    assert "请签收这份文件" in school.get(paper.address).get_data(as_text=True)
    assert school.post(f"{paper.address}/receipt", data={}).status_code == 303
    assert "1 / 2 已签收" in client.get(paper.address).get_data(as_text=True)
    assert client.post(f"{paper.address}/receipts/export").status_code == 200
