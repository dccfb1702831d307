"""What a record needs in order to move: its state, the version of its workflow, and words for lists and letters."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import select, text

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

    @property
    def label(self) -> str:
        """The record in words of the trade, as it stands in lists, letters and the to-do list."""
        raise NotImplementedError(type(self).__name__)

    @property
    def address(self) -> str:
        """Where its page is: a path without the host."""
        raise NotImplementedError(type(self).__name__)


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
