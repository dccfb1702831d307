"""What a record needs in order to move: its state, the version of its workflow, and words for lists and letters."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import ColumnElement, Uuid, column, exists, literal, literal_column, or_, select, table, text

from app.core import clock
from app.core.database import Mapped, Record, Scoped, String, Versioned, db, mapped_column
from workflows.vocabulary import Sentence, State, Workflow


class Movable(Record, Versioned, Scoped):
    """A record with a workflow. Its `state` changes through `move` alone, which only the operation door calls."""

    if TYPE_CHECKING:
        __tablename__: Any
    workflow: ClassVar[Workflow]
    state: Mapped[str] = mapped_column(String(40), index=True)
    previous_state: Mapped[str | None] = mapped_column(String(40))
    state_since: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))
    workflow_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))

    @property
    def standing(self) -> State:
        """The state as declared, with its words and its family of colours."""
        return self.workflow.state(self.state)

    @property
    def clock_waits_for(self) -> Sentence | None:
        """What a stopped clock of the record waits for, where that is another record; a day it has then means nothing."""
        return None

    @property
    def forebears(self) -> tuple[uuid.UUID, ...]:
        """The records this one came from, whose takers count for four eyes ("machine.step")."""
        return ()

    @classmethod
    def forebears_of(cls, records: Sequence[Any]) -> Mapping[uuid.UUID, tuple[uuid.UUID, ...]]:
        """`forebears` of many records; models that look into other tables for them ask one question for all."""
        return {record.id: record.forebears for record in records}

    @classmethod
    def forebears_in_sql(cls) -> Sequence[Any]:
        """`forebears` as selects of one column of ids, each from other tables and joined to a select on this model."""
        return ()

    @classmethod
    def took_part(cls, person: Any, steps: Sequence[str]) -> ColumnElement[bool]:
        """In SQL, whether the column `person` took one of `steps` on a record of a select on this model, or before it."""
        return or_(
            _took(person, cls.id, steps),
            *(
                exists(before.where(_took(person, before.selected_columns[0], steps)).correlate(cls))
                for before in cls.forebears_in_sql()
            ),
        )

    @property
    def label(self) -> str:
        """The record in words of the trade, as it stands in lists, letters and the to-do list."""
        raise NotImplementedError(type(self).__name__)

    @property
    def named(self) -> Sentence:
        """`label` in both languages; what people typed stands in it as they typed it."""
        return Sentence(self.label, self.label)

    @property
    def address(self) -> str:
        """Where its page is: a path without the host."""
        raise NotImplementedError(type(self).__name__)


LOG = table(
    "transition_log", column("record_id", Uuid()), column("person_id", Uuid()), column("step", String()), schema="audit"
)


def _took(person: Any, record_id: Any, steps: Sequence[str]) -> ColumnElement[bool]:
    """With an offset the log is asked record by record, by its index; joined to the rest it would be read as a whole."""
    log = LOG.alias()
    wanted = select(literal(1)).where(log.c.record_id == record_id, log.c.person_id == person, log.c.step.in_(steps))
    return exists(wanted.correlate_except(log).offset(literal_column("0")))


MOVABLES: dict[str, type[Movable]] = {}
"""Table name → model, filled by the factory: what to-do lists, deadlines and the auditor walk."""


def movable(*models: type[Movable]) -> None:
    """Make models known to to-do lists, deadlines and timelines; called by the factory."""
    for model in models:
        MOVABLES[model.__tablename__] = model


def record_of(entity: str, identity: uuid.UUID) -> Any:
    """The record behind a deadline or an outbox row, or None when it is gone or out of the context."""
    model = MOVABLES.get(entity)
    return db.session.scalar(select(model).where(model.id == identity)) if model else None
