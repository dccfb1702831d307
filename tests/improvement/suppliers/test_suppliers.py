"""Suppliers of data: who registers them and reads of them, their agreements in versions, reminders, refused files."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core import clock as core_clock
from app.core.audit import trail
from app.core.casework.daily import DAILY
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.imports import arrival
from app.core.imports import operations as imports
from app.core.imports.models import ImportBatch, ImportFile
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter, OutboxRow
from app.core.policy.actor import SYSTEM
from app.core.storage import AGREEMENT, Stored
from app.improvement.suppliers import operations, queries
from app.improvement.suppliers.models import Supplier, SupplierAgreement
from app.improvement.suppliers.operations import AgreementIn, SupplierIn, SupplierPlace
from app.people.directory.models import Person
from tests.cast import Cast, sign_in
from tests.factories.monitoring import WORKED, act_as, begin_cycle, workbook
from tests.factories.workbooks import as_xlsx, sent
from tests.improvement.effects.score_files import HEADER as SCORES
from tests.improvement.effects.score_files import rows_of
from tests.improvement.monitoring.test_findings_import import BOARD, file_of

ABOUT = SupplierIn("明测教育评价中心", "assessor", "七年级数学监测结果", "全县质量监测")
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def scan(number: int = 0) -> bytes:
    """A picture of a signed page; each number another one."""
    kept = io.BytesIO()
    Image.new("RGB", (20 + number, 20), "white").save(kept, "PNG")
    return kept.getvalue()


def stored(app: Flask, number: int = 0) -> Stored:
    return app.extensions["bihuan.shelf"].put(io.BytesIO(scan(number)), f"协议{number}.png", AGREEMENT)  # type: ignore[no-any-return]


def registered(cast: Cast, about: SupplierIn = ABOUT) -> Supplier:
    who = cast["office_director"]
    place = SupplierPlace(cast.county.id, who.unit.id)
    return operations.add_supplier(act_as(cast.actor("office_director")), place, about)


def signed(cast: Cast, app: Flask, supplier: Supplier, begins: int, ends: int, number: int = 0) -> None:
    """An agreement from so many to so many days from today."""
    today = core_clock.today()
    given = AgreementIn(
        f"清教保〔2026〕{number}号", today + timedelta(days=begins), today + timedelta(days=ends),
        cast["evaluator"].person_id, stored(app, number),
    )  # fmt: skip
    operations.add_agreement(act_as(cast.actor("office_director")), supplier, given)


def seen(cast: Cast, supplier: Supplier) -> Supplier:
    db.session.expire_all()
    return queries.supplier_for(act_as(cast.actor("office_director")), supplier.ref)


FILES: dict[str, Callable[[Cast], bytes]] = {
    "results": lambda cast: workbook(cast, WORKED),
    "scores": lambda cast: as_xlsx(sent([SCORES, *rows_of(cast)])),
    "findings": lambda cast: file_of(BOARD),
}


def arrived(cast: Cast, kind: str, supplier: Supplier | None) -> Callable[[], ImportBatch]:
    """A file as the assessment group sends it, said to come from a supplier or from nobody; each call uploads it."""
    ref = None if kind == "findings" else begin_cycle(cast).ref
    data, said = FILES[kind](cast), supplier.ref if supplier else ""

    def upload() -> ImportBatch:
        db.session.expire_all()
        member = act_as(cast.actor("assessment_member"))
        place = arrival.place_of(member, kind, ref)
        arrival.come_from(member, place, said)
        return imports.upload(member, place, arrival.receive(member, place, data, "数据.xlsx"))

    return upload


def test_the_office_registers_and_nobody_else_writes(app: Flask, cast: Cast) -> None:
    supplier = registered(cast)
    place = SupplierPlace(cast.county.id, cast["office_director"].unit.id)
    for key in ("assessment_member", "leading_group_head"):
        with pytest.raises(NotAllowed):
            operations.describe_supplier(act_as(cast.actor(key)), supplier, ABOUT)
    for key in ("assessment_member", "leading_group_head", "principal", "other_office_director"):
        with pytest.raises(NotAllowed):
            operations.add_supplier(act_as(cast.actor(key)), place, SupplierIn("别的公司", "firm", "结果", "监测"))
    act_as(cast.actor("evaluator"))
    operations.describe_supplier(cast.actor("evaluator"), supplier, SupplierIn(ABOUT.name, "firm", "结果", "监测"))
    assert seen(cast, supplier).kind == "firm"
    with pytest.raises(Invalid, match="登记过"):
        registered(cast)


def test_those_who_see_rounds_read_schools_and_other_counties_get_404(app: Flask, cast: Cast) -> None:
    supplier = registered(cast)
    signed(cast, app, supplier, -10, 100)
    for key in ("assessment_member", "subject_researcher", "leading_group_head"):
        assert queries.supplier_for(act_as(cast.actor(key)), supplier.ref).name == ABOUT.name
    for key in ("principal", "school_coordinator", "inspector", "other_office_director"):
        with pytest.raises(NotFound):
            queries.supplier_for(act_as(cast.actor(key)), supplier.ref)
        assert db.session.scalars(select(Supplier)).all() == [], "the wall of the table holds too"
    other = sign_in(app.test_client(), cast["other_office_director"])
    file = f"{supplier.address}/agreements/1"
    assert [other.get(one).status_code for one in (supplier.address, file)] == [404, 404]


def test_a_new_agreement_stands_beside_the_old_one_and_neither_is_changed(app: Flask, cast: Cast) -> None:
    supplier = registered(cast)
    signed(cast, app, supplier, -400, -35, 1)
    assert seen(cast, supplier).standing == "ended"
    signed(cast, app, supplier, -34, 331, 2)
    found = seen(cast, supplier)
    assert [(one.edition, one.number) for one in found.agreements] == [
        (2, "清教保〔2026〕2号"),
        (1, "清教保〔2026〕1号"),
    ]
    assert found.standing == "valid" and found.agreements[1].file_sha256 != found.agreements[0].file_sha256
    for change in ("update supplier_agreements set until_on = until_on + 1", "delete from supplier_agreements"):
        use_context(SYSTEM.context())
        with pytest.raises(IntegrityError, match="neither changed nor deleted"), db.session.begin_nested():
            with trail.act(SYSTEM, "system", "test.tamper"):
                db.session.execute(text(change))


def test_wrong_days_a_known_number_and_the_same_file_are_refused(app: Flask, cast: Cast) -> None:
    supplier = registered(cast)
    signed(cast, app, supplier, -1, 100, 1)
    with pytest.raises(Invalid, match="不能早于"):
        signed(cast, app, supplier, 5, 4, 2)
    with pytest.raises(Invalid, match="已有这个编号"):
        signed(cast, app, supplier, 101, 200, 1)
    again = AgreementIn(
        "另一个编号", core_clock.today(), core_clock.today(), cast["evaluator"].person_id, stored(app, 1)
    )
    with pytest.raises(Invalid, match="已经是它的另一份协议"):
        operations.add_agreement(cast.actor("office_director"), supplier, again)


@pytest.mark.parametrize(
    ("terms", "standing"),
    [
        ([], "missing"),
        ([(5, 90)], "missing"),
        ([(-90, -1)], "ended"),
        ([(-90, 0)], "ending"),
        ([(-90, 30)], "ending"),
        ([(-90, 31)], "valid"),
        ([(-90, 10), (11, 300)], "valid"),
        ([(-90, 10), (12, 300)], "ending"),
    ],
)
def test_how_it_stands_follows_from_the_days(
    app: Flask, cast: Cast, terms: list[tuple[int, int]], standing: str
) -> None:
    supplier = registered(cast)
    for number, (begins, ends) in enumerate(terms):
        signed(cast, app, supplier, begins, ends, number)
    assert seen(cast, supplier).standing == standing
    office = act_as(cast.actor("office_director"))
    assert [one.name for one in queries.suppliers(office, standing=standing)] == [ABOUT.name]
    others = {"valid", "ending", "ended", "missing"} - {standing}
    assert not any(queries.suppliers(office, standing=one) for one in others)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_file_of_a_supplier_is_refused_until_an_agreement_is_in_force(app: Flask, county: Cast, kind: str) -> None:
    supplier = registered(county)
    upload = arrived(county, kind, supplier)
    with pytest.raises(Invalid, match="没有在有效期内的保密协议.*放上签好的协议"):
        upload()
    signed(county, app, supplier, -90, -1, 1)
    with pytest.raises(Invalid, match="已经到期.*放上新签的协议"):
        upload()
    use_context(SYSTEM.context())
    assert db.session.scalars(select(ImportBatch)).all() == [] == db.session.scalars(select(ImportFile)).all()
    signed(county, app, supplier, 0, 0, 2)
    batch = upload()
    assert (batch.supplier_id, batch.supplier_name) == (supplier.id, ABOUT.name)


def test_a_corrected_file_stays_the_suppliers_whose_file_it_mends(app: Flask, county: Cast, clock: Any) -> None:
    supplier = registered(county)
    signed(county, app, supplier, 0, 3)
    first = arrived(county, "findings", supplier)()
    member = act_as(county.actor("assessment_member"))

    def mend() -> ImportBatch:
        place = arrival.place_of(member, "findings", None)
        data = file_of([*BOARD[:2], "改好的发现", *BOARD[3:]])
        return imports.upload(member, place, arrival.receive(member, place, data, "改好.xlsx", replaces=first))

    clock.advance(days=4)
    with pytest.raises(Invalid, match="已经到期"):
        mend()


def test_the_bureaus_own_file_names_none_and_an_unknown_supplier_is_not_found(app: Flask, county: Cast) -> None:
    registered(county)
    assert arrived(county, "findings", None)().supplier_id is None
    member = act_as(county.actor("assessment_member"))
    with pytest.raises(NotFound):
        arrival.come_from(member, arrival.place_of(member, "findings", None), "0" * 16)


def test_the_upload_page_keeps_what_was_typed_and_the_batch_says_where_it_came_from(app: Flask, county: Cast) -> None:
    supplier = registered(county)
    member = sign_in(app.test_client(), county["assessment_member"])
    form = {"supplier": supplier.ref, "sender": "月报系统"}

    def send() -> Any:
        file = (io.BytesIO(file_of(BOARD)), "月报.xlsx")
        return member.post(
            "/imports/new?kind=findings", data={**form, "file": file}, content_type="multipart/form-data"
        )

    refused = send()
    assert refused.status_code == 422
    assert "文件没有收。请办公室在“数据供应商”里放上签好的协议" in refused.text and "月报系统" in refused.text
    assert f'value="{supplier.ref}" selected' in refused.text or f'selected value="{supplier.ref}"' in refused.text
    signed(county, app, supplier, 0, 300)
    taken = send()
    assert taken.status_code == 303
    assert ABOUT.name in member.get(taken.location).text


def test_who_answers_for_it_is_reminded_30_and_7_days_before_and_once_each(app: Flask, cast: Cast, clock: Any) -> None:
    supplier = registered(cast)
    signed(cast, app, supplier, -10, 31)
    assert operations.remind_of_all in DAILY and operations.remind_of_all() == 0
    told = []
    for days in (1, 0, 22, 0, 1, 0, 8):
        clock.advance(days=days)
        told.append(operations.remind_of_all())
        deliver.drain()
    assert told == [1, 0, 0, 0, 1, 0, 0]
    use_context(SYSTEM.context())
    letters = db.session.scalars(select(InboxLetter).where(InboxLetter.entity == "suppliers")).all()
    assert [one.person_id for one in letters] == [cast["evaluator"].person_id] * 2
    assert all("请续签" in one.title_zh and one.address == supplier.address for one in letters)


def test_nobody_is_reminded_where_a_later_agreement_goes_on(app: Flask, cast: Cast) -> None:
    supplier = registered(cast)
    signed(cast, app, supplier, -10, 5, 1)
    signed(cast, app, supplier, 6, 300, 2)
    assert operations.remind_of_all() == 0


def test_the_office_is_reminded_in_the_place_of_somebody_who_left(app: Flask, cast: Cast) -> None:
    supplier = registered(cast)
    signed(cast, app, supplier, -10, 5)
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.left"):
        db.session.get_one(Person, cast["evaluator"].person_id).left_on = core_clock.today()
    assert operations.remind_of_all() == 1
    deliver.drain()
    use_context(SYSTEM.context())
    assert db.session.scalars(select(OutboxRow).where(OutboxRow.dead_at.is_not(None))).all() == []
    heard = db.session.scalars(select(InboxLetter.person_id).where(InboxLetter.entity == "suppliers")).all()
    assert cast["office_director"].person_id in heard and cast["evaluator"].person_id not in heard


def test_the_office_walks_through_its_pages(app: Flask, cast: Cast) -> None:
    office = sign_in(app.test_client(), cast["office_director"])
    assert "还没有登记供应商" in office.get("/suppliers").text
    about = {"name": "明测教育评价中心", "kind": "assessor", "data_brought": "监测结果", "purpose": "质量监测"}
    bad = office.post("/suppliers", data=about | {"name": ""})
    assert bad.status_code == 422 and "质量监测" in bad.text
    made = office.post("/suppliers", data=about)
    assert made.status_code == 303 and "现在不收它的文件" in office.get(made.location).text
    use_context(SYSTEM.context())
    person = db.session.get_one(Person, cast["evaluator"].person_id)
    today = core_clock.today()
    given = {"number": "清教保〔2026〕3号", "from_on": f"{today}", "until_on": f"{today + timedelta(days=20)}",
             "responsible": person.ref}  # fmt: skip
    where = f"{made.location}/agreements"
    wrong = office.post(where, data=given | {"file": (io.BytesIO(b"MZ\x90"), "协议.exe")})
    assert wrong.status_code == 422 and "清教保〔2026〕3号" in wrong.text
    assert office.post(where, data=given).status_code == 422
    kept = office.post(where, data=given | {"file": (io.BytesIO(scan()), "协议.png")})
    assert kept.status_code == 303 and person.name in office.get(made.location).text
    file = office.get(f"{where}/1")
    assert file.status_code == 200 and file.data.startswith(PNG_HEAD)
    file.close()
    assert office.get(f"{where}/2").status_code == 404
    assert "30 天内到期" in office.get("/suppliers?standing=ending").text
    assert "没有符合条件的供应商" in office.get("/suppliers?standing=ended").text
    sheet = load_workbook(io.BytesIO(office.get("/suppliers/export?standing=ending").data)).active
    assert sheet is not None
    assert [row[4] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["清教保〔2026〕3号"]
    reader = sign_in(app.test_client(), cast["assessment_member"])
    assert reader.get(made.location).status_code == 200 and reader.get(where).status_code in (403, 404)
    school = sign_in(app.test_client(), cast["principal"])
    assert school.get("/suppliers").status_code in (403, 404) and school.get(made.location).status_code == 404
    use_context(SYSTEM.context())
    assert len(db.session.scalars(select(SupplierAgreement)).all()) == 1
