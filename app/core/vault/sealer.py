"""One school's keys in hand for a whole roll: the same sealed values and indexes as the ring's, set up once."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from app.core.vault.blind_index import normalised
from app.core.vault.suites import INTL, NONCE_BYTES, Suite
from app.core.vault.token import Place, Token, body_binding, bound, wrap_binding

ID_BYTES = 16
VALUES_A_DRAW = 256
LENGTH = struct.Struct(">I").pack


class Sealer:
    """Seals at places of one school and makes its blind indexes; used by one thread for the length of one bulk write."""

    def __init__(
        self, school_id: UUID, suite: Suite, key_id: UUID, key: bytes, index_suite: Suite, index_key: bytes
    ) -> None:
        self.school_id = school_id
        self._suite, self._key_id, self._key = suite, key_id, key
        self._index_suite, self._index_key = index_suite, index_key
        self._wrapping = AESGCM(key) if suite is INTL else None
        self._head = bytes([suite.number]) + key_id.bytes
        self._before = bound(bytes([suite.number])) + struct.pack(">I", ID_BYTES)
        self._wrap_before = bound(bytes([suite.number]), key_id.bytes, school_id.bytes) + struct.pack(">I", ID_BYTES)
        self._chance: Iterator[Any] = iter(())
        self._kinds: dict[str, HMAC] = {}
        self._places: dict[tuple[str, str], tuple[bytes, bytes]] = {}

    def seal(self, table: str, record_id: UUID, column: str, text: str) -> bytes:
        """What `KeyRing.seal` gives for Place(school, table, record, column)."""
        if self._wrapping is None:
            return self._slowly(Place(self.school_id, table, record_id, column), text)
        identity, key, wrap_nonce, body_nonce = self._fresh()
        before, after = self._places.get((table, column)) or self._binding(table, column)
        wrapped = self._wrapping.encrypt(wrap_nonce, key, self._wrap_before + identity)
        place = b"".join((self._before, identity, before, record_id.bytes, after))
        body = AESGCM(key).encrypt(body_nonce, text.encode(), place)
        return b"".join((self._head, identity, wrap_nonce, wrapped, body_nonce, body))

    def _fresh(self) -> tuple[bytes, bytes, bytes, bytes]:
        """Identity, key and two nonces that nobody had before; drawn for many values at a time, as each draw is a call."""
        drawn = next(self._chance, None)
        if drawn is None:
            parts = struct.Struct(f"{ID_BYTES}s{self._suite.key_bytes}s{NONCE_BYTES}s{NONCE_BYTES}s")
            self._chance = parts.iter_unpack(os.urandom(parts.size * VALUES_A_DRAW))
            drawn = next(self._chance)
        return drawn

    def index(self, kind: str, value: str) -> bytes:
        """What `KeyRing.index` gives."""
        return self.fingerprint(kind, normalised(kind, value))

    def fingerprint(self, kind: str, text: str) -> bytes:
        """Keyed hash of a text exactly as it stands: tells whether what is sealed changed."""
        encoded = text.encode()
        if self._index_suite is not INTL:
            return self._index_suite.keyed_hash(self._index_key, bound(kind.encode(), encoded))
        begun = self._kinds.get(kind)
        if begun is None:  # the key and the kind are hashed once, and every text goes on from there
            begun = self._kinds[kind] = HMAC(self._index_key, SHA256())
            begun.update(bound(kind.encode()))
        hashing = begun.copy()
        hashing.update(LENGTH(len(encoded)) + encoded)
        return hashing.finalize()

    def _binding(self, table: str, column: str) -> tuple[bytes, bytes]:
        """What stands before and after the record in the binding of a body."""
        before = bound(self.school_id.bytes, table.encode()) + struct.pack(">I", ID_BYTES)
        found = self._places[table, column] = before, bound(column.encode(), b"1")
        return found

    def _slowly(self, place: Place, text: str) -> bytes:
        suite, key, identity = self._suite, self._suite.new_key(), UUID(bytes=os.urandom(ID_BYTES))
        wrapped = suite.encrypt(self._key, key, wrap_binding(suite, self._key_id, self.school_id, identity))
        body = suite.encrypt(key, text.encode(), body_binding(suite, identity, place))
        return Token(suite, self._key_id, identity, wrapped, body).joined()
