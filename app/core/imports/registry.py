"""What each kind of import looks up, writes and takes back: a table the factory fills; core knows no feature."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from workflows.vocabulary import Sentence

if TYPE_CHECKING:
    from app.core.imports.directory import Lookups
    from app.core.imports.good_rows import GoodRows
    from app.core.imports.staged import StagedSheet
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
    """What a new file is compared with: the version before in words, and its rows as (natural key, values).

    `columns`: where the version before is known only in part, the columns that are compared.
    """

    label: str | Sentence
    rows: Iterable[tuple[str, Mapping[str, Any]]]
    columns: frozenset[str] | None = None


@dataclass(frozen=True)
class HeadCount:
    """One line of the head count: how many, of `people` or of `cells`, with a remark such as a share."""

    zh: str
    en: str
    number: int
    remark: str = ""
    counts: str = "people"


def _nothing(*_: Any) -> None:
    return None


Batch = TypeVar("Batch")
"""The record of a file, models.ImportBatch: named by those who fill the table, so that the table knows no record."""


@dataclass(frozen=True)
class ImportKind(Generic[Batch]):
    """One kind of file. `code` is the code of its columns (kinds.KINDS) and of ImportBatch.kind.

    target(actor, ref) -> Target: where a new file would go; `ref` is its own reference or None. Raises NotFound.
    lookups(batch) -> Lookups: what rows are checked against, read with a handful of selects.
    accept(batch, staged) -> Counts: one set-based write inside the open act, as SYSTEM; added + changed + same must be
        the number of good rows. With `personal` the rows come from `staged`; else they stand in import_rows (batch_id,
        status ok or warned) and `staged` is None.
    roll_back(batch) -> Counts: takes all of it back, inside the open act, as SYSTEM.
    depends(batch): how many records rest on its rows; above 0 it cannot be rolled back.
    former(batch) -> Former or None: what the report compares with.
    headcount(batch, staged) -> lines that set the file against the roster.
    fixed(batch) -> column texts that hold for every row where the file has no such column (the cycle it was sent for).
    spoken(batch, keys) -> {natural key: the same in words}, for people; keys left out are shown as they stand.
    learn(batch, column, {typed: chosen}): keeps what people chose for unknown names, inside the act of acceptance.
    sources(actor) -> (ref, id, name) of each supplier that a file may be said to come from; none where a kind knows none.
    covered(batch): raises Invalid("supplier", …) where that supplier's files are not taken; before anything is kept.
    uploaded(batch), accepted(batch), rolled_back(batch): inside the act, to move the target on by follow().

    school_private: what a school sends in is no business of the county's people; they see their own files only.
    personal: rows hold ID numbers or phones in `private_columns`; they are never kept in clear, see ImportRow.
    second_person: accepted by somebody else than the one who uploaded or mapped it.
    from_record: sent from the page of its record only, which gives the target.
    versions: a file may replace an accepted one of the same target, chosen when it is uploaded (batch.supersedes_id).
    """

    code: str
    zh: str
    en: str
    target: Callable[[Actor, str | None], Target]
    lookups: Callable[[Batch], Lookups]
    accept: Callable[[Batch, GoodRows | None], Counts]
    roll_back: Callable[[Batch], Counts]
    depends: Callable[[Batch], int] = lambda batch: 0
    former: Callable[[Batch], Former | None] = lambda batch: None
    headcount: Callable[[Batch, StagedSheet], Sequence[HeadCount]] = lambda batch, staged: ()
    fixed: Callable[[Batch], Mapping[str, str]] = lambda batch: {}
    spoken: Callable[[Batch, Sequence[str]], Mapping[str, Sentence]] = lambda batch, keys: {}
    learn: Callable[[Batch, str, Mapping[str, str]], None] = _nothing
    sources: Callable[[Actor], Sequence[tuple[str, uuid.UUID, str]]] = lambda actor: ()
    covered: Callable[[Batch], None] = _nothing
    uploaded: Callable[[Batch], None] = _nothing
    accepted: Callable[[Batch], None] = _nothing
    rolled_back: Callable[[Batch], None] = _nothing
    school_private: bool = False
    personal: bool = False
    second_person: bool = False
    from_record: bool = False
    versions: bool = False
    private_columns: frozenset[str] = field(default=frozenset())


REGISTERED: dict[str, ImportKind[Any]] = {}


def imports_as(kind: ImportKind[Any]) -> None:
    """Register a kind; called by an area's assemble(). Registering it again replaces it."""
    REGISTERED[kind.code] = kind


def import_kind(code: str) -> ImportKind[Any]:
    """The kind of that code; KeyError where nobody registered it."""
    return REGISTERED[code]


_RIGHTS = {
    "results": "results",
    "scores": "results",
    "findings": "results",
    "indicators": "results",
    "staff": "staff",
    "answers": "answers",
    "consents": "consents",
}


def rights_of(kind: str) -> tuple[str, str]:
    """The rights to upload and to accept files of a kind."""
    name = _RIGHTS.get(kind, "roster")
    return f"imports.upload_{name}", f"imports.accept_{name}"
