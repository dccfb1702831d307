"""Yearly audits (security 88): counted from live data, small numbers taken out, signed by a second person, filed in time."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from app.care.retention.classes import classes
from app.care.versions.operations import VersionStep
from app.care.yearly import operations, papers
from app.care.yearly.counting.shape import Year
from app.care.yearly.models import YearlyAudit
from app.care.yearly.operations import AuditPlace, FiledIn, WordsIn, YearIn
from app.core import clock as core_clock
from app.core.audit import trail
from app.core.audit.incidents import DrillIn, record_drill
from app.core.casework.deadlines import Deadline
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests import labels
from tests.care.assessed import assessed
from tests.care.taking_part import Family, send
from tests.care.terms import BORN, MONDAY, at
from tests.cast import Cast, sign_in

BASE, STEP, YEAR = "https://localhost", VersionStep(), 2026
WORDS = WordsIn("本年度处理活动合规，例外见第十一部分", "演练在三月底前补做，由安全管理员负责")
JANUARY = date(2027, 1, 6)


@pytest.fixture
def county(app: Flask, cast: Cast, clock: Any) -> Cast:
    clock.set(at(MONDAY, 9))
    return cast


def fresh(one: YearlyAudit) -> YearlyAudit:
    """As it is in the database now."""
    use_context(SYSTEM.context())
    db.session.refresh(one)
    return one


def begun(cast: Cast, year: int = YEAR) -> YearlyAudit:
    """Begun by the officer and counted by the worker."""
    made = operations.begin_audit(cast.actor("dpo"), AuditPlace(cast.county.id, cast.county.id), YearIn(year))
    drain()
    return fresh(made)


def submitted(cast: Cast, clock: Any) -> YearlyAudit:
    """In January, counted, written, submitted."""
    clock.set(at(JANUARY, 9))
    made = begun(cast)
    operations.write_audit(cast.actor("dpo"), made, WORDS)
    operations.submit_audit(cast.actor("dpo"), made, STEP)
    return made


def signed(cast: Cast, clock: Any) -> YearlyAudit:
    made = submitted(cast, clock)
    operations.sign_audit(cast.actor("leading_group_head"), made, STEP)
    return made


def rows(one: YearlyAudit, code: str) -> list[list[str]]:
    """The rows of a part as the page shows them."""
    assert one.content is not None
    part = next(each for each in one.content["parts"] if each["code"] == code)
    with force_locale("zh"):
        return [[papers.cell(cell) for cell in row] for row in part["rows"]]


def numbers(one: YearlyAudit) -> dict[str, Any]:
    """Key → what is told of it."""
    assert one.content is not None
    return {
        cell["key"]: cell["n"]
        for part in one.content["parts"]
        for row in part["rows"]
        for cell in row
        if isinstance(cell, dict) and "key" in cell
    }


def by_hand(sql: str, **given: Any) -> None:
    """What the database itself says to the application's own role, inside an act."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.by_hand"), db.session.begin_nested():
        db.session.execute(text(sql), given)


def test_security_88_the_year_is_counted_from_the_live_data(county: Cast) -> None:
    family = Family(county, BORN, many=45).enrol()
    family.ask()
    made = begun(county)
    told = numbers(made)
    assert told["minors.roster"] == told["minors.agreements"] == told["agreed.screening.-1"] == 45
    assert told["minors.screening"] == told["requests.copy"] == "few"
    (screening,) = [row for row in rows(made, "purposes") if row[0] == "心理健康测评"]
    assert "第28" in screening[2].replace(" ", "") and screening[5:] == ["<10", f"第 1 版，至 {_until()}"]
    kept = json.dumps(made.content, ensure_ascii=False)
    assert "{period}" not in kept and "离开本县学校 2 个学年后删除" in screening[4]
    erased = rows(made, "erasures")
    assert [row[0] for row in erased[-len(classes()) :]] == [one.title.zh for one in classes().values()]
    assert all("年" in row[1] for row in erased[-len(classes()) :])
    assert {row[0] for row in rows(made, "access")} >= {"班主任", "学校心理教师", "紧急查看"}


@pytest.mark.parametrize(("former", "empty"), [("requested", "0"), ("granted", "3")])
def test_security_88_an_agreement_that_ran_out_was_an_agreement(county: Cast, former: str, empty: str) -> None:
    Family(county, BORN, many=45).enrol().ask()
    by_hand("update consents set state = 'expired', previous_state = :former", former=former)
    told = numbers(begun(county))
    assert [at for at in ("0", "3") if told[f"agreed.screening.{at}"] == "few"] == [empty]


def _until() -> date:
    return core_clock.today() + timedelta(days=365)


def test_security_88_less_than_ten_minors_are_never_told_and_grown_ups_are_no_minors(county: Cast) -> None:
    Family(county, BORN, many=12).enrol()
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.grown"):
        grown = select(Student.id).order_by(Student.name).limit(3)
        db.session.execute(update(Student).where(Student.id.in_(grown)).values(birth_date=date(2005, 1, 1)))
    made = begun(county)
    assert numbers(made)["minors.roster"] == "few" and ["学籍和班级", "<10"] == [
        cell for row in rows(made, "purposes") if row[0] == "学籍和班级" for cell in (row[0], row[5])
    ]


@pytest.mark.parametrize(
    ("before", "count", "told"),
    [([], 9, "few"), ([], 10, 10), ([45], 47, 45), ([45], 36, 45), ([45], 60, 60), (["few"], 15, "few"),
     (["few"], 25, 25), ([45, 60], 52, 45), ([12], 8, 12)],
)  # fmt: skip
def test_security_88_two_countings_never_differ_by_one_child(before: list[Any], count: int, told: Any) -> None:
    some = Year(county_id=None, year=YEAR, before={"k": before})  # type: ignore[arg-type]
    assert some.few("k", count)["n"] == told


def test_security_88_a_small_part_of_the_answers_cannot_be_reckoned_from_the_sum(county: Cast) -> None:
    family = Family(county, BORN, many=45).enrol()
    family.ask()
    by_hand("update consents set state = 'refused' where id in (select id from consents order by id limit 2)")
    told = numbers(begun(county))
    line = [told[f"agreed.screening.{place}"] for place in range(-1, 4)]
    assert line[0] == 45 and line[2] == "few" and "kept" in line[1:]


def test_security_88_what_did_not_hold_is_found_by_the_data_and_not_typed(county: Cast) -> None:
    made = begun(county)
    assert ["一年没有做过事故演练"] in rows(made, "exceptions")
    record_drill(
        county.actor("auditor"), None, DrillIn(core_clock.today(), 20, "演练了一次误发名单，二十分钟查清谁看过")
    )
    operations.recount_audit(county.actor("dpo"), made, STEP)
    assert not made.is_counted
    drain()
    assert fresh(made).is_counted and ["一年没有做过事故演练"] not in rows(made, "exceptions")


def test_security_88_who_could_read_and_who_did_is_counted_by_role_without_a_name(county: Cast) -> None:
    Family(county, BORN).enrol()
    use_context(SYSTEM.context())
    child = db.session.scalars(select(Student).limit(1)).one()
    reader = county.actor("homeroom_teacher")
    use_context(reader.context())
    trail.saw(reader, child, "student.page")
    made = begun(county)
    (row,) = [row for row in rows(made, "access") if row[0] == "班主任"]
    assert row[2:] == ["1", "1"]
    kept = json.dumps(made.content, ensure_ascii=False)
    assert not [one.name for one in county.players.values() if one.name in kept]
    assert child.name not in kept and child.ref not in kept


def test_security_88_this_year_stays_a_draft_until_it_is_over_and_counted_again(county: Cast, clock: Any) -> None:
    made = begun(county)
    operations.write_audit(county.actor("dpo"), made, WORDS)
    with pytest.raises(StepRefused, match="过完"):
        operations.submit_audit(county.actor("dpo"), made, STEP)
    clock.set(at(JANUARY, 9))
    with pytest.raises(StepRefused, match="过完"):
        operations.submit_audit(county.actor("dpo"), made, STEP)
    operations.recount_audit(county.actor("dpo"), made, STEP)
    with pytest.raises(StepRefused, match="汇总"):
        operations.submit_audit(county.actor("dpo"), made, STEP)
    drain()
    operations.submit_audit(county.actor("dpo"), fresh(made), STEP)
    assert made.state == "submitted" and made.is_unchanged


def test_security_88_without_conclusion_and_measures_it_is_not_submitted(county: Cast, clock: Any) -> None:
    clock.set(at(JANUARY, 9))
    made = begun(county)
    with pytest.raises(StepRefused, match="结论"):
        operations.submit_audit(county.actor("dpo"), made, STEP)


def test_security_88_a_second_person_signs_and_the_database_refuses_the_first(county: Cast, clock: Any) -> None:
    made = submitted(county, clock)
    with pytest.raises(NotAllowed):
        operations.sign_audit(county.actor("dpo"), made, STEP)
    for column in ("owner_id", "submitted_by"):
        with pytest.raises(DBAPIError, match="four_eyes"):
            by_hand(f"update yearly_audits set signed_by = {column} where id = :id", id=made.id)
    with pytest.raises(DBAPIError, match="signed"):
        by_hand("update yearly_audits set state = 'signed' where id = :id", id=made.id)
    operations.sign_audit(county.actor("auditor"), fresh(made), STEP)
    assert (made.state, made.signed_by) == ("signed", county["auditor"].person_id)


@pytest.mark.parametrize(
    "sql",
    [
        "update yearly_audits set content = '{}' where id = :id",
        "update yearly_audits set conclusion = '一切都好' where id = :id",
        "update yearly_audits set content_sha256 = repeat('0', 64) where id = :id",
        "update yearly_audits set year = 2025 where id = :id",
        "delete from yearly_audits where id = :id",
    ],
)
def test_security_88_what_was_submitted_is_neither_changed_nor_deleted_by_sql(
    sql: str, county: Cast, clock: Any
) -> None:
    made = submitted(county, clock)
    with pytest.raises(DBAPIError):
        by_hand(sql, id=made.id)
    with pytest.raises(StepRefused, match="已经送审"):
        operations.write_audit(county.actor("dpo"), fresh(made), WORDS)


def test_security_88_returned_it_is_written_again_and_gets_a_new_digest(county: Cast, clock: Any) -> None:
    made = submitted(county, clock)
    first = made.content_sha256
    with pytest.raises(Invalid):
        operations.return_audit(county.actor("auditor"), made, VersionStep(reason="重写"))
    operations.return_audit(county.actor("auditor"), fresh(made), VersionStep(reason="请写清楚演练由谁在什么时候补做"))
    operations.write_audit(county.actor("dpo"), fresh(made), WordsIn("合规", "由安全管理员在三月底前补做演练"))
    operations.submit_audit(county.actor("dpo"), fresh(made), STEP)
    assert made.content_sha256 != first and made.is_unchanged


def test_security_88_it_is_filed_by_the_end_of_january_with_reminders_and_the_level_above(
    county: Cast, clock: Any
) -> None:
    made = begun(county)
    use_context(SYSTEM.context())
    running = db.session.scalars(select(Deadline).where(Deadline.record_id == made.id)).one()
    told = {rung.name: rung.at for rung in running.rungs}
    roles = [list(rung.roles) for rung in running.rungs]
    assert (
        running.name == "draft.file" and core_clock.local(running.due_at - timedelta(seconds=1)).date() == made.file_by
    )
    assert made.file_by == date(2027, 1, 31) and {"-30d", "-14d", "-7d", "-1d"} <= set(told)
    assert core_clock.local(told["-30d"]).date() == date(2027, 1, 1) and ["leading_group_head"] in roles
    assert running.closed_at is None


def test_security_88_filing_needs_its_day_authority_and_receipt_and_ends_the_clock(county: Cast, clock: Any) -> None:
    made = signed(county, clock)
    wrong = FiledIn(core_clock.today() + timedelta(days=1), " ", "")
    with pytest.raises(Invalid) as refused:
        operations.file_audit(county.actor("dpo"), made, wrong)
    assert set(refused.value.sentences) == {"filed_on", "filed_with", "receipt_no"}
    good = FiledIn(core_clock.today(), "县互联网信息办公室", "网信收 2027-3")
    with pytest.raises(NotAllowed):
        operations.file_audit(county.actor("auditor"), fresh(made), good)
    operations.file_audit(county.actor("dpo"), fresh(made), good)
    assert (made.state, made.receipt_no) == ("filed", "网信收 2027-3")
    use_context(SYSTEM.context())
    clocks = db.session.scalars(select(Deadline).where(Deadline.record_id == made.id)).all()
    assert clocks and all(one.closed_at is not None for one in clocks)
    with pytest.raises(DBAPIError, match="kept"):
        by_hand("update yearly_audits set receipt_no = 'x' where id = :id", id=made.id)


def test_security_88_a_correction_is_a_new_version_and_overwrites_nothing(county: Cast, clock: Any) -> None:
    first = signed(county, clock)
    operations.file_audit(county.actor("dpo"), first, FiledIn(core_clock.today(), "县网信办", "1 号"))
    kept = fresh(first).content_sha256
    second = begun(county)
    assert second.version_no == 2 and second.file_by >= core_clock.today()
    with pytest.raises(Invalid, match="在办"):
        begun(county)
    operations.write_audit(county.actor("dpo"), second, WORDS)
    operations.submit_audit(county.actor("dpo"), second, STEP)
    operations.sign_audit(county.actor("leading_group_head"), second, STEP)
    assert fresh(first).state == "superseded" and first.content_sha256 == kept and first.is_unchanged
    assert (first.receipt_no, second.state) == ("1 号", "signed")


@pytest.mark.parametrize("year", [None, 2019, 2027, 20260])
def test_security_88_a_year_that_cannot_be_is_refused_in_words(year: int | None, county: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        operations.begin_audit(county.actor("dpo"), AuditPlace(county.county.id, county.county.id), YearIn(year))
    assert "2020" in refused.value.sentences["year"].zh


def test_security_88_last_years_audit_is_begun_by_the_system_where_data_were_processed(
    county: Cast, clock: Any
) -> None:
    assessed(county.county.id, county["dpo"].person_id, "screening")
    assert operations.open_last_year() == 0
    clock.set(at(date(2027, 1, 1), 1))
    assert operations.open_last_year() == 1 and operations.open_last_year() == 0
    use_context(SYSTEM.context())
    made = db.session.scalars(select(YearlyAudit)).one()
    assert (made.year, made.state, made.owner_id) == (2026, "draft", county["dpo"].person_id)
    assert made.file_by == date(2027, 1, 31)
    drain()
    assert fresh(made).covers_the_year


def test_security_88_nobody_else_sees_an_audit_even_by_raw_sql(county: Cast) -> None:
    begun(county)
    for key in ("other_leading_group_head", "principal", "school_counselor", "sys_admin", "office_director"):
        use_context(county.actor(key).context())
        assert db.session.scalars(select(YearlyAudit)).all() == [], key
    for key in ("dpo", "leading_group_head", "auditor", "psych_center_lead"):
        use_context(county.actor(key).context())
        assert len(db.session.scalars(select(YearlyAudit)).all()) == 1, key


def test_security_88_it_is_begun_written_signed_filed_and_printed_by_its_pages(
    app: Flask, county: Cast, clock: Any
) -> None:
    clock.set(at(JANUARY, 9))
    Family(county, BORN, many=12).enrol()
    officer = sign_in(app.test_client(), county["dpo"])
    assert "还没有年度审计" in officer.get("/yearly-audits", base_url=BASE).text
    wrong = send(officer, "/yearly-audits", {"year": "1999"}, "/yearly-audits/new")
    assert wrong.status_code == 422 and "2020 年到今年" in wrong.text and "1999" in wrong.text
    assert send(officer, "/yearly-audits", {"year": "2026"}, "/yearly-audits/new").status_code == 303
    use_context(SYSTEM.context())
    made = db.session.scalars(select(YearlyAudit)).one()
    assert "正在汇总" in officer.get(made.address, base_url=BASE).text
    drain()
    words = {"conclusion": WORDS.conclusion, "measures": WORDS.measures, "version": str(fresh(made).version)}
    assert send(officer, f"{made.address}/text", words).status_code == 303
    step = f"{made.address}/steps/"
    assert send(officer, step + "submit", {"version": str(fresh(made).version)}).status_code == 303
    assert officer.get(f"{made.address}/report/pdf", base_url=BASE).status_code == 404
    auditor = sign_in(app.test_client(), county["auditor"])
    assert "不能再改" in auditor.get(step + "sign", base_url=BASE).text
    assert send(auditor, step + "sign", {"version": str(fresh(made).version)}).status_code == 303
    late = send(officer, step + "file", {"version": str(fresh(made).version), "filed_on": "2030-01-01",
                                         "filed_with": "县网信办", "receipt_no": "7 号"})  # fmt: skip
    assert late.status_code == 422 and "签署以后" in late.text and "7 号" in late.text
    sent = send(officer, step + "file", {"version": str(fresh(made).version), "filed_on": "2027-01-06",
                                         "filed_with": "县网信办", "receipt_no": "7 号"})  # fmt: skip
    assert sent.status_code == 303 and "7 号" in officer.get(made.address, base_url=BASE).text
    digest = fresh(made).content_sha256 or "-"
    printed = officer.get(f"{made.address}/report/pdf", base_url=BASE)
    assert printed.data.startswith(b"%PDF")
    book = officer.get(f"{made.address}/report/table", base_url=BASE).data
    letter = zipfile.ZipFile(io.BytesIO(officer.get(f"{made.address}/report/word", base_url=BASE).data))
    body = letter.read("word/document.xml").decode()
    assert book.startswith(b"PK") and digest in body and "&lt;10" in body and "学生00" not in body
    checked = app.test_client().get(f"/verify/compliance/{made.ref}?sha256={digest}", base_url=BASE)
    assert checked.status_code == 200 and "一致" in checked.text and "2026" in checked.text
    assert "县网信办" not in checked.text


def test_word_and_pdf_of_an_audit_carry_the_same_labels_in_the_same_order(
    county: Cast, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, actor = signed(county, clock), county.actor("dpo")
    with force_locale("zh"):
        pages = labels.drawn(monkeypatch)
        papers.as_pdf(actor, one, "清澜县教育局", {})
        typed = labels.of_word(papers.as_word(actor, one, "清澜县教育局", {}).get_data())
    assert labels.of_html(pages[0]) == typed
