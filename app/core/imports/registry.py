"""What each kind of import looks up, writes and takes back: a table the factory fills; core knows no feature."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workflows.vocabulary import Sentence

if TYPE_CHECKING:
    from app.core.imports import Lookups, StagedSheet
    from app.core.imports.models import ImportBatch
    from app.core.policy.actor import Actor


@dataclass(frozen=True)
class Target:
    """What a file is for. The rights of the actor are checked on these columns; label and address make the breadcrumb.

    `record` is None where the target is the actor's own place (a county's or a school's roster).
    """

    county_id: uuid.UUID
    school_id: uuid.UUID | None
    unit_id: uuid.UUID | None
    label: str
    address: str
    record: Any = None


@dataclass(frozen=True)
class Counts:
    """What acceptance or roll-back did to the records behind the rows."""

    added: int = 0
    changed: int = 0
    same: int = 0
    removed: int = 0

    def as_dict(self) -> dict[str, int]:
        """For the outcome column and the audit entry; zeros left out."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Former:
    """What a new file is compared with: the version before, in words and day, and its rows as dicts of values."""

    label: str
    rows: Iterable[Mapping[str, Any]]


def _nothing(*_: Any) -> None:
    return None


@dataclass(frozen=True)
class ImportKind:
    """One kind of file. `code` is the code of the columns (app.core.imports.KINDS) and of ImportBatch.kind.

    target(actor, ref) -> Target: where a new file would go; `ref` is its own reference or None. Raises NotFound.
    lookups(batch) -> Lookups: what rows are checked against, read with a handful of selects.
    accept(batch, staged) -> Counts: one set-based write inside the open act, as SYSTEM. With `personal`, the rows come
        from `staged` (values, private columns included); else from import_rows where batch_id and status in ok, warned.
    roll_back(batch) -> Counts: takes all of it back, inside the open act, as SYSTEM.
    depends(batch) -> how many records rest on its rows; above 0 it cannot be rolled back.
    former(batch) -> Former or None: what the report compares with.
    learn(batch, column, {typed: chosen}) keeps what people chose for unknown names, inside the act of acceptance.
    uploaded(batch), accepted(batch): called inside the act, to move the target on by follow().
    personal: rows hold ID numbers or phones; they are never kept in clear: see ImportRow.
    second_person: accepted by somebody else than uploader and mapper.
    """

    code: str
    zh: str
    en: str
    target: Callable[[Actor, str | None], Target]
    lookups: Callable[[ImportBatch], Lookups]
    accept: Callable[[ImportBatch, StagedSheet], Counts]
    roll_back: Callable[[ImportBatch], Counts]
    depends: Callable[[ImportBatch], int] = lambda batch: 0
    former: Callable[[ImportBatch], Former | None] = lambda batch: None
    learn: Callable[[ImportBatch, str, Mapping[str, str]], None] = _nothing
    uploaded: Callable[[ImportBatch], None] = _nothing
    accepted: Callable[[ImportBatch], None] = _nothing
    personal: bool = False
    partial: bool = False
    second_person: bool = False
    private_columns: frozenset[str] = field(default=frozenset())

    @property
    def sentence(self) -> Sentence:
        """Its name in both languages."""
        return Sentence(self.zh, self.en)


REGISTERED: dict[str, ImportKind] = {}


def imports_as(kind: ImportKind) -> None:
    """Register a kind; called by an area's assemble(). Registering it again replaces it."""
    REGISTERED[kind.code] = kind


def import_kind(code: str) -> ImportKind:
    """The kind of that code; KeyError where nobody registered it."""
    return REGISTERED[code]
