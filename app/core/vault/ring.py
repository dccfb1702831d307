"""A school's keys at work: seal and open values, blind indexes, new generations, re-wrapping."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid4

from app.core import clock
from app.core.vault.blind_index import normalised
from app.core.vault.master import KeyMissing, MasterKeys
from app.core.vault.sealer import Sealer
from app.core.vault.suites import SUITES, Suite
from app.core.vault.token import Place, Token, body_binding, bound, parsed, wrap_binding

FRESH = 60
"""Seconds after which a process looks for newer generations of a school's keys."""
SEAL = "seal"
INDEX = "index"


@dataclass(frozen=True)
class SchoolKey:
    """One generation of one school's key, wrapped by a master key; this is what a row of the key table holds.

    purpose: `seal` (wraps data keys) or `index` (keys the blind index); retired: opens, but never seals again.
    """

    id: UUID
    school_id: UUID
    purpose: str
    generation: int
    suite: str
    master: str
    wrapped: bytes
    retired: bool = False

    def binding(self) -> bytes:
        """Additional data of its wrapping: a row altered in any of these does not unwrap."""
        names = f"{self.purpose}|{self.generation}|{self.suite}|{self.master}"
        return bound(self.id.bytes, self.school_id.bytes, names.encode())


class KeyStore(Protocol):
    """Where the wrapped school keys are kept; rows of the database, or a dictionary in tests."""

    def load(self, school_id: UUID) -> Sequence[SchoolKey]:
        """All keys of the school, every purpose and generation."""

    def add(self, key: SchoolKey) -> bool:
        """Keep a new key; False when this school, purpose and generation exists already (somebody was faster)."""

    def replace(self, key: SchoolKey) -> None:
        """Change wrapping or retirement of a key that is there."""

    def schools(self) -> Iterable[UUID]:
        """Every school that has keys."""

    def outworn(self, before: datetime) -> Sequence[SchoolKey]:
        """Retired keys of every school whose successor was made before that moment."""

    def remove(self, key: SchoolKey) -> None:
        """Forget a key for good."""


class MemoryStore:
    """A key store that forgets everything: for tests and dry runs."""

    def __init__(self) -> None:
        self.rows: dict[tuple[UUID, str, int], SchoolKey] = {}

    def load(self, school_id: UUID) -> Sequence[SchoolKey]:
        """All keys of the school."""
        return [key for key in self.rows.values() if key.school_id == school_id]

    def add(self, key: SchoolKey) -> bool:
        """Keep a new key unless its generation is there."""
        slot = (key.school_id, key.purpose, key.generation)
        return self.rows.setdefault(slot, key) is key

    def replace(self, key: SchoolKey) -> None:
        """Change a key that is there."""
        self.rows[key.school_id, key.purpose, key.generation] = key

    def schools(self) -> Iterable[UUID]:
        """Every school that has keys."""
        return {school for school, _, _ in self.rows}

    def outworn(self, before: datetime) -> Sequence[SchoolKey]:
        """All retired keys: nothing here knows how old it is."""
        return [key for key in self.rows.values() if key.retired]

    def remove(self, key: SchoolKey) -> None:
        """Forget it."""
        del self.rows[key.school_id, key.purpose, key.generation]


@dataclass(frozen=True)
class _Opened:
    row: SchoolKey
    suite: Suite
    key: bytes


class KeyRing:
    """Seals and opens values with the keys of their school; keeps unwrapped keys in memory, safe between threads."""

    def __init__(self, master: MasterKeys, store: KeyStore, suite: str = "intl") -> None:
        self.master = master
        self.store = store
        self.suite = SUITES[suite]
        self._opened: dict[UUID, dict[UUID, _Opened]] = {}
        self._read_at: dict[UUID, float] = {}
        self._lock = threading.Lock()

    def seal(self, place: Place, value: str | bytes) -> bytes:
        """The sealed value for storage: at most 150 bytes longer than the text."""
        using = self._current(place.school_id, SEAL)
        suite, data_key, data_key_id = using.suite, using.suite.new_key(), uuid4()
        binding = wrap_binding(suite, using.row.id, place.school_id, data_key_id)
        wrapped = suite.encrypt(using.key, data_key, binding)
        plaintext = value.encode() if isinstance(value, str) else value
        body = suite.encrypt(data_key, plaintext, body_binding(suite, data_key_id, place))
        return Token(suite, using.row.id, data_key_id, wrapped, body).joined()

    def open(self, place: Place, sealed: bytes) -> bytes:
        """What was sealed at this place; raises SealBroken when altered or moved, KeyMissing when its key is gone."""
        token = parsed(sealed)
        data_key = self._data_key(place.school_id, token)
        return token.suite.decrypt(data_key, token.body, body_binding(token.suite, token.data_key, place))

    def open_text(self, place: Place, sealed: bytes) -> str:
        """`open` for a value that was sealed as text."""
        return self.open(place, sealed).decode()

    def index(self, school_id: UUID, kind: str, value: str) -> bytes:
        """Blind index: 32 bytes, equal for equal values of one kind in one school, unlike between schools."""
        using = self._current(school_id, INDEX)
        return using.suite.keyed_hash(using.key, bound(kind.encode(), normalised(kind, value).encode()))

    def renew(self, school_id: UUID) -> SchoolKey:
        """Begin a new generation of the school's sealing key; older ones go on opening until they are retired."""
        with self._lock:
            rows = [row for row in self.store.load(school_id) if row.purpose == SEAL]
            made = self._make(school_id, SEAL, 1 + max((row.generation for row in rows), default=0))
            self._read(school_id)
        return made

    def current(self, school_id: UUID) -> SchoolKey:
        """The row of the generation that seals now."""
        return self._current(school_id, SEAL).row

    def sealer(self, school_id: UUID) -> Sealer:
        """The school's present keys in hand, for thousands of values at once without asking the key table again."""
        sealing, indexing = self._current(school_id, SEAL), self._current(school_id, INDEX)
        return Sealer(school_id, sealing.suite, sealing.row.id, sealing.key, indexing.suite, indexing.key)

    def rewrap(self, school_id: UUID, sealed: bytes) -> bytes:
        """The same sealed value with its data key wrapped by the current generation; the body is not touched.

        After a change of suite the body keeps its own until the text is written anew.
        """
        token, using = parsed(sealed), self._current(school_id, SEAL)
        if token.school_key == using.row.id:
            return sealed
        binding = wrap_binding(token.suite, using.row.id, school_id, token.data_key)
        wrapped = using.suite.encrypt(using.key, self._data_key(school_id, token), binding)
        return replace(token, school_key=using.row.id, wrapped=wrapped).joined()

    def retire(self, school_id: UUID, generation: int) -> None:
        """Mark a sealing generation as done; it still opens what a late writer may have sealed with it."""
        for row in self.store.load(school_id):
            if row.purpose == SEAL and row.generation == generation:
                if row.id == self.current(school_id).id:
                    raise ValueError("the current generation cannot be retired")
                self.store.replace(replace(row, retired=True))
        self.forget(school_id)

    def rewrap_school_keys(self, school_id: UUID) -> int:
        """Wrap the school's keys by the current master key; returns how many were under an older one."""
        moved = 0
        for row in self.store.load(school_id):
            if row.master != self.master.current:
                self.store.replace(self._wrapped(row, self._unwrapped(row)))
                moved += 1
        self.forget(school_id)
        return moved

    def check(self) -> None:
        """Unwrap every school key once; raises KeyMissing or SealBroken naming the first that fails."""
        for school_id in self.store.schools():
            for row in self.store.load(school_id):
                self._unwrapped(row)

    def forget(self, school_id: UUID | None = None) -> None:
        """Drop unwrapped keys from memory: of one school, or all."""
        with self._lock:
            if school_id is None:
                self._opened.clear()
            else:
                self._opened.pop(school_id, None)

    def _data_key(self, school_id: UUID, token: Token) -> bytes:
        keys = self._opened.get(school_id, {})
        if token.school_key not in keys:
            with self._lock:
                keys = self._read(school_id)
        if token.school_key not in keys:
            raise KeyMissing(f"school:{school_id}:{token.school_key}", "its row is not in the key table")
        binding = wrap_binding(token.suite, token.school_key, school_id, token.data_key)
        using = keys[token.school_key]
        return using.suite.decrypt(using.key, token.wrapped, binding)

    def _current(self, school_id: UUID, purpose: str) -> _Opened:
        fresh = clock.monotonic() - self._read_at.get(school_id, -FRESH) < FRESH
        found = _newest(self._opened.get(school_id, {}).values(), purpose) if fresh else None
        if found is None:
            with self._lock:
                found = _newest(self._read(school_id).values(), purpose)
                if found is None:
                    self._make(school_id, purpose, 1)
                    found = _newest(self._read(school_id).values(), purpose)
        if found is None:
            raise KeyMissing(f"school:{school_id}:{purpose}", "every generation is retired")
        return found

    def _make(self, school_id: UUID, purpose: str, generation: int) -> SchoolKey:
        row = SchoolKey(uuid4(), school_id, purpose, generation, self.suite.name, self.master.current, b"")
        row = self._wrapped(row, self.suite.new_key())
        if self.store.add(row):
            return row
        return next(k for k in self.store.load(school_id) if (k.purpose, k.generation) == (purpose, generation))

    def _read(self, school_id: UUID) -> dict[UUID, _Opened]:
        rows = self.store.load(school_id)
        self._read_at[school_id] = clock.monotonic()
        self._opened[school_id] = {row.id: _Opened(row, SUITES[row.suite], self._unwrapped(row)) for row in rows}
        return self._opened[school_id]

    def _wrapped(self, row: SchoolKey, key: bytes) -> SchoolKey:
        self.master = self.master.read_again()
        suite, row = SUITES[row.suite], replace(row, master=self.master.current)
        return replace(row, wrapped=suite.encrypt(self.master.key(row.master, suite.key_bytes), key, row.binding()))

    def _unwrapped(self, row: SchoolKey) -> bytes:
        suite = SUITES[row.suite]
        return suite.decrypt(self.master.key(row.master, suite.key_bytes), row.wrapped, row.binding())


def _newest(keys: Iterable[_Opened], purpose: str) -> _Opened | None:
    usable = [opened for opened in keys if opened.row.purpose == purpose and not opened.row.retired]
    return max(usable, key=lambda opened: opened.row.generation, default=None)
