"""Good rows of a roster wait sealed between the check and the acceptance, and are checked anew when the roll changed."""

from flask import Flask
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.imports.files import file_of
from app.core.imports.models import ImportFile, ImportRow
from app.core.policy.actor import SYSTEM
from tests.cast import Cast
from tests.core.imports.rosters import accepted, checked, roll, students, uploaded
from tests.people.directory.rolls import workbook


def test_rows_of_ok_students_leave_nothing_in_waiting(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))
    use_context(SYSTEM.context())
    kept = db.session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).all()
    assert all(row.status != "ok" and row.values == {} for row in kept)


def test_rows_wait_sealed_and_go_once_they_are_taken_in(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))
    parts = select(ImportFile.part).where(ImportFile.batch_id == batch.id).order_by(ImportFile.part)
    assert list(db.session.scalars(parts)) == ["checked", "opened", "sent"]
    number = roll(cast)[0][4].encode()
    kept = db.session.scalar(select(ImportFile.stored_sha256).where(ImportFile.part == "checked"))
    with app.extensions["bihuan.shelf"].open(kept) as file:
        assert number not in file.read()
    assert number in file_of(batch, "checked")

    accepted(cast, batch)
    assert list(db.session.scalars(parts)) == ["sent"]


def test_rows_that_wait_are_checked_once_more_when_the_directory_changed_meanwhile(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast))))
    other = checked(cast, uploaded(cast, workbook(roll(cast, 3)), name="三人.xlsx"))
    accepted(cast, other)
    assert accepted(cast, batch).state == "accepted"
    assert students(cast) == 40


def test_a_class_that_does_not_exist_yet_is_told_once_not_for_every_child(app: Flask, cast: Cast) -> None:
    batch = checked(cast, uploaded(cast, workbook(roll(cast, 80, 40))))
    told = db.session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)).all()
    classes = {row[8] for row in roll(cast, 80, 40)}

    assert [message["code"] for row in told for message in row.messages] == ["class_not_known"] * len(classes)
    assert batch.rows_warned == len(classes)
