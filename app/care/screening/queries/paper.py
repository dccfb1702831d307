"""Reads of answers on paper: files of a campaign, how far a class is, sheets that differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.care.screening.models import PaperSheet, ScreeningCampaign, ScreeningTask
from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.models import ImportBatch
from app.core.imports.queries import OWNER_NAME, visible_batches
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.people.directory.models import SchoolClass, Student

TYPE, SETTLE = "imports.upload_answers", "screening.settle_paper"


def class_to_type(actor: Actor, ref: str) -> SchoolClass:
    """A class of the school whose forms the actor may type. Raises NotFound."""
    found = db.session.scalar(select(SchoolClass).where(SchoolClass.ref == ref))
    if found is None or not decide.may(actor, TYPE, found):
        raise NotFound("school_class", ref)
    return found


def numbers_to_type(actor: Actor, campaign: ScreeningCampaign, group: SchoolClass) -> Sequence[str]:
    """Student numbers of those of the class who may answer, in their own order."""
    found = (
        decide.visible(actor, select(Student.student_no), ScreeningTask, TYPE)
        .select_from(ScreeningTask)
        .join(Student, Student.id == ScreeningTask.student_id)
        .where(
            ScreeningTask.campaign_id == campaign.id,
            ScreeningTask.class_id == group.id,
            ScreeningTask.state == "ready",
            Student.left_on.is_(None),
        )
    )
    return db.session.scalars(found.order_by(Student.student_no)).all()


def files(actor: Actor, campaign: ScreeningCampaign) -> Sequence[Any]:
    """Workbooks of the school for this campaign with who sent them, newest first."""
    wanted = visible_batches(actor).where(
        ImportBatch.kind == "answers", ImportBatch.target_id == campaign.id, ImportBatch.state != "discarded"
    )
    return db.session.execute(wanted.add_columns(OWNER_NAME).order_by(ImportBatch.created_at.desc())).all()


def progress(actor: Actor, campaign: ScreeningCampaign, group: SchoolClass) -> Any:
    """Counts of sheets of the class: typed, typed once, unlike, settled, taken in; for who may settle."""
    seen = decide.visible(actor, select(func.count()), PaperSheet, SETTLE).select_from(PaperSheet)
    counted = seen.add_columns(
        func.count().filter(PaperSheet.second_by.is_(None)).label("once"),
        func.count().filter(PaperSheet.differs > 0, PaperSheet.settled_at.is_(None)).label("unlike"),
        func.count().filter(PaperSheet.settled_at.is_not(None)).label("settled"),
        func.count().filter(PaperSheet.taken_at.is_not(None)).label("taken"),
    )
    joined = counted.join(ScreeningTask, ScreeningTask.id == PaperSheet.task_id)
    return db.session.execute(
        joined.where(PaperSheet.campaign_id == campaign.id, ScreeningTask.class_id == group.id)
    ).one()


def unlike(actor: Actor, campaign: ScreeningCampaign, group: SchoolClass) -> Sequence[PaperSheet]:
    """Sheets of the class that the two persons typed unlike each other and nobody settled, by student number."""
    found = (
        decide.visible(actor, select(PaperSheet), PaperSheet, SETTLE)
        .join(ScreeningTask, ScreeningTask.id == PaperSheet.task_id)
        .join(Student, Student.id == PaperSheet.student_id)
        .where(
            PaperSheet.campaign_id == campaign.id,
            ScreeningTask.class_id == group.id,
            PaperSheet.differs > 0,
            PaperSheet.settled_at.is_(None),
        )
    )
    return db.session.scalars(found.order_by(Student.student_no, PaperSheet.scale_code)).all()


def sheet_for(actor: Actor, ref: str) -> PaperSheet:
    """One sheet that the actor may settle. Raises NotFound."""
    found = db.session.scalar(
        decide.visible(actor, select(PaperSheet), PaperSheet, SETTLE).where(PaperSheet.ref == ref)
    )
    if found is None:
        raise NotFound("paper_sheet", ref)
    return found


def class_of(sheet: PaperSheet) -> SchoolClass | None:
    """The present class of the sheet's student, whose page leads back to the others; None without a class."""
    return db.session.scalar(select(SchoolClass).where(SchoolClass.id == sheet.student.class_id))
