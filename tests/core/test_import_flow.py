"""The way of a file: uploaded, mapped, checked, accepted by a second person, rolled back; every line of it in the trail."""

from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.core.casework.choices import choice
from app.core.database import db, use_context
from app.core.errors import ImportRefused, NotAllowed, NotFound, StepRefused
from app.core.imports import jobs, operations, queries
from app.core.imports.checking import Choices
from app.core.imports.files import file_of
from app.core.imports.flow import kind_of, mapping_from
from app.core.imports.models import ImportBatch, ImportFile, ImportFormer, ImportReport, SavedMapping
from app.core.imports.operations import CheckIn, DropIn, SameFile, StepIn
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.people.directory.models import Student
from tests.cast import Cast
from tests.core.imports.rosters import accepted, broken, carried_out, checked, entries, roll, students, uploaded
from tests.people.directory.rolls import HEADERS, child, children, workbook

REASON = "这批名册传错了学校，需要撤回重传"


def test_a_roster_goes_from_the_file_to_the_roll_in_five_steps(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))

    assert (batch.state, batch.rows_read, batch.rows_good, batch.rows_dropped) == ("ready", 40, 40, 0)
    accepted(cast, batch)
    assert batch.state == "accepted" and batch.outcome == {"added": 40}
    assert students(cast) == 40
    assert [row.step.split(".")[1] for row in entries(batch)] == [
        "upload",
        "check",
        "finish_checks",
        "accept",
        "finish_acceptance",
    ]


def test_acceptance_is_one_entry_with_the_number_and_digest_of_the_rows(app: Flask, cast: Cast) -> None:
    batch = accepted(cast, checked(cast, uploaded(cast, workbook(roll(cast)))))

    body = entries(batch)[-1].body
    assert (body["rows"], body["added"], body["digest"]) == (40, 40, batch.rows_digest)
    assert body["file"] == batch.file_sha256


def test_the_same_file_again_is_refused_and_names_the_first_batch_security_54(app: Flask, cast: Cast) -> None:
    data = workbook(roll(cast))
    first = accepted(cast, checked(cast, uploaded(cast, data)))

    with pytest.raises(SameFile) as refused:
        uploaded(cast, data, name="另一个名字.xlsx")
    assert refused.value.first.id == first.id
    assert students(cast) == 40


def test_a_file_that_was_discarded_may_come_again(app: Flask, cast: Cast) -> None:
    data = workbook(roll(cast))
    batch = uploaded(cast, data)
    operations.discard(cast.actor("school_coordinator"), batch, StepIn())

    assert uploaded(cast, data).id != batch.id


def test_good_rows_come_in_while_blocked_ones_wait_with_an_owner(app: Flask, cast: Cast) -> None:
    rows = roll(cast)
    rows[3] = broken(rows[3], 4, "330000201003070011")
    batch = checked(cast, uploaded(cast, workbook(rows)))
    assert (batch.rows_good, batch.rows_blocked) == (39, 1)

    accepted(cast, batch)

    assert students(cast) == 39
    waiting = queries.rows_for(SYSTEM, batch, ("blocked",))
    assert [row.row_no for row in waiting] == [5]
    assert batch.blocked_rows_have_owner


def test_a_blocked_row_is_given_up_with_a_reason_and_the_numbers_still_agree(app: Flask, cast: Cast) -> None:
    rows = roll(cast)
    rows[3] = broken(rows[3], 4, "330000201003070011")
    batch = accepted(cast, checked(cast, uploaded(cast, workbook(rows))))
    row = queries.rows_for(SYSTEM, batch, ("blocked",))[0]

    operations.drop_row(cast.actor("school_coordinator"), batch, DropIn(row.id, "这名学生已经转学，不再在本校"))

    assert batch.rows_balance and (batch.rows_blocked, batch.rows_dropped) == (0, 1)


def test_a_newer_file_mends_the_rows_that_an_earlier_one_left_behind(app: Flask, cast: Cast) -> None:
    rows = roll(cast)
    wrong = list(rows)
    wrong[3] = broken(rows[3], 6, "2010年2月30日")
    first = accepted(cast, checked(cast, uploaded(cast, workbook(wrong))))
    assert first.rows_blocked == 1

    accepted(cast, checked(cast, uploaded(cast, workbook(rows))))

    db.session.refresh(first)
    assert (first.rows_blocked, first.rows_dropped) == (0, 1) and first.rows_balance


def test_no_id_or_phone_number_lies_in_clear_while_rows_wait(app: Flask, cast: Cast) -> None:
    rows = roll(cast)
    rows[0] = broken(rows[0], 4, " 330000201003070011")
    rows[1] = broken(rows[1], 13, "1380000000")
    batch = checked(cast, uploaded(cast, workbook(rows)))

    use_context(SYSTEM.context())
    kept = db.session.execute(
        text(
            """select coalesce(string_agg(r.values::text || r.messages::text, ''), '') from import_rows r where batch_id = :b
               union all select report::text || proposal::text from import_reports where batch_id = :b"""
        ),
        {"b": batch.id},
    )
    everything = "".join(kept.scalars())
    assert "330000201003070011" not in everything and "1380000000" not in everything
    for row in rows[2:]:
        assert row[13] not in everything
    assert "0011" in everything


def test_the_file_on_the_shelf_is_sealed(app: Flask, cast: Cast) -> None:
    data = workbook(roll(cast))
    batch = uploaded(cast, data)
    stored = db.session.scalars(select(ImportFile).where(ImportFile.batch_id == batch.id)).all()

    assert {part.part for part in stored} == {"sent", "opened"}
    for part in stored:
        with app.extensions["bihuan.shelf"].open(part.stored_sha256) as file:
            lying = file.read()
        assert b"PK" not in lying[:4] and data[:200] not in lying and roll(cast)[0][4].encode() not in lying
    assert file_of(batch) == data


def test_a_cell_can_be_mended_on_the_report_page_once_for_all_rows(app: Flask, cast: Cast) -> None:
    rows = [broken(row, 0, "双桥老校区") for row in roll(cast)]
    batch = checked(cast, uploaded(cast, workbook(rows)))
    assert batch.rows_blocked == 40

    chosen = Choices(values={"school_code": {"双桥老校区": cast.units["shuangqiao"].code}})
    checked(cast, batch, given=CheckIn(choices=chosen))
    accepted(cast, batch)

    assert students(cast) == 40
    aliases = db.session.execute(text("select alias from unit_aliases")).scalars().all()
    assert "双桥老校区" in aliases


def test_what_columns_meant_is_remembered_for_this_sender(app: Flask, cast: Cast) -> None:
    headers = ("学校代码", "学籍号", "姓名", "证件类型", "证件号码", "男女", *HEADERS[6:])
    batch = uploaded(cast, workbook(roll(cast, 3), headers))
    assert "gender" in batch.mapping["missing"]
    with pytest.raises(StepRefused):
        operations.check(cast.actor("school_coordinator"), batch, CheckIn())

    proposal, _ = queries.report_for(cast.actor("school_coordinator"), batch)
    used = {sheet["name"] for sheet in proposal["sheets"]}
    mapping = mapping_from(kind_of(batch), proposal, {**batch.mapping["headers"], "男女": "gender"}, used, {})
    checked(cast, batch, given=CheckIn(mapping=mapping))
    assert batch.state == "ready"

    again = uploaded(cast, workbook(roll(cast, 3, start=500), headers))
    assert again.mapping["missing"] == []
    assert db.session.scalar(select(SavedMapping.headers).where(SavedMapping.kind == "students"))["男女"] == "gender"


def test_roll_back_takes_out_what_came_in_and_puts_back_what_was_changed(app: Flask, cast: Cast) -> None:
    rows = roll(cast)
    accepted(cast, checked(cast, uploaded(cast, workbook(rows))))
    changed = [broken(rows[0], 8, 9), *rows[1:], child(90, rows[0][0], "G7", 1)]
    second = accepted(cast, checked(cast, uploaded(cast, workbook(changed))))
    assert second.outcome == {"added": 1, "changed": 1, "same": 39}

    operations.roll_back(cast.actor("principal"), second, StepIn(reason=REASON))
    carried_out(second)

    assert second.state == "rolled_back" and students(cast) == 40
    back = db.session.scalars(select(Student).where(Student.student_no == rows[0][1])).one()
    assert back.class_id is not None and db.session.scalar(select(func.count()).select_from(ImportFormer)) == 0


def test_a_batch_on_which_a_later_one_rests_cannot_be_rolled_back(app: Flask, cast: Cast) -> None:
    rows = roll(cast)
    first = accepted(cast, checked(cast, uploaded(cast, workbook(rows))))
    accepted(cast, checked(cast, uploaded(cast, workbook([broken(rows[0], 8, 9), *rows[1:]]))))

    with pytest.raises(StepRefused):
        operations.roll_back(cast.actor("principal"), first, StepIn(reason=REASON))


def test_after_seven_days_a_batch_cannot_be_rolled_back_and_its_file_goes(app: Flask, cast: Cast, clock: Any) -> None:
    batch = accepted(cast, checked(cast, uploaded(cast, workbook(roll(cast)))))
    clock.advance(days=7, minutes=1)

    with pytest.raises(StepRefused):
        operations.roll_back(cast.actor("principal"), batch, StepIn(reason=REASON))
    deliver.drain()
    use_context(SYSTEM.context())
    assert db.session.scalar(select(func.count()).select_from(ImportFile)) == 0
    with pytest.raises(NotFound):
        file_of(batch)


def test_accepting_twice_writes_once(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))
    operations.accept(cast.actor("principal"), batch, StepIn())
    with pytest.raises(StepRefused):
        operations.accept(cast.actor("principal"), batch, StepIn())

    carried_out(batch)
    assert students(cast) == 40


def test_a_job_delivered_twice_does_its_work_once(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))
    operations.accept(cast.actor("principal"), batch, StepIn())
    row = db.session.execute(text("select * from outbox where kind = 'import_accept'")).one()

    use_context(SYSTEM.context())
    jobs.take_in(row)
    jobs.take_in(row)
    assert students(cast) == 40
    assert sum(1 for entry in entries(batch) if entry.step.endswith("finish_acceptance")) == 1


def test_a_job_that_breaks_is_tried_again_and_then_says_so(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = uploaded(cast, workbook(roll(cast)))
    operations.check(cast.actor("school_coordinator"), batch, CheckIn())
    monkeypatch.setattr(jobs, "report_of", lambda *_: 1 / 0)
    row = db.session.execute(text("select * from outbox where kind = 'import_check'")).one()

    use_context(SYSTEM.context())
    with pytest.raises(ZeroDivisionError):
        jobs.check_rows(row)
    db.session.rollback()
    assert db.session.get_one(ImportBatch, batch.id).state == "checking"
    db.session.expire_all()
    jobs.check_rows(SimpleNamespace(record_id=batch.id, tries=3))
    db.session.refresh(batch)
    assert batch.state == "staged" and batch.trouble


def test_the_roll_that_changed_after_the_check_sends_the_batch_back(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))
    rows = roll(cast)
    other = checked(cast, uploaded(cast, workbook([broken(rows[0], 2, "改名了")]), name="另一份.xlsx"))
    accepted(cast, other)

    accepted(cast, batch)
    assert batch.state == "ready" and batch.trouble and students(cast) == 1


def test_a_coordinator_cannot_accept_and_a_teacher_sees_nothing(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))

    with pytest.raises(NotAllowed):
        operations.accept(cast.actor("school_coordinator"), batch, StepIn())
    use_context(cast.actor("homeroom_teacher").context())
    with pytest.raises(NotFound):
        queries.batch_for(cast.actor("homeroom_teacher"), batch.ref)


def test_another_school_does_not_find_the_batch(app: Flask, cast: Cast) -> None:
    batch = uploaded(cast, workbook(roll(cast)))
    for stranger in ("shiyan_coordinator", "other_school_coordinator"):
        use_context(cast.actor(stranger).context())
        with pytest.raises(NotFound):
            queries.batch_for(cast.actor(stranger), batch.ref)
        assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0
        assert db.session.scalar(select(func.count()).select_from(ImportReport)) == 0


def test_what_a_school_sends_in_is_not_seen_by_the_countys_people_even_by_raw_sql(app: Flask, cast: Cast) -> None:
    rows = roll(cast)
    rows[3] = broken(rows[3], 6, "2010年2月30日")
    batch = checked(cast, uploaded(cast, workbook(rows)))
    for key in ("evaluator", "assessment_member", "office_director", "leading_group_head"):
        use_context(cast.actor(key).context())
        with pytest.raises(NotFound):
            queries.batch_for(cast.actor(key), batch.ref)
        for table in ("import_rows", "import_reports", "import_files"):
            assert db.session.execute(text(f"select count(*) from {table}")).scalar() == 0


def test_a_school_cannot_bring_in_another_schools_children(app: Flask, cast: Cast) -> None:
    rows = list(children([(cast.units["chengguan"].code, "G7")], 5))
    batch = checked(cast, uploaded(cast, workbook(rows)))

    assert (batch.rows_good, batch.rows_blocked) == (0, 5)
    assert choice(cast.actor("principal"), batch, "accept").missing


def test_a_broken_file_is_refused_before_anything_is_kept(app: Flask, cast: Cast) -> None:
    for data in (b"PK\x03\x04 cut short", b"%PDF-1.7", b"\xd0\xcf\x11\xe0 nothing"):
        with pytest.raises(ImportRefused):
            uploaded(cast, data)
    use_context(SYSTEM.context())
    assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 0
