"""The shape of a sealed value: header with its wrapped data key, then the body, each bound to where it belongs.

suite 1 byte · school key id 16 · data key id 16 · wrapped data key (12 + key + 16) · body (12 + text + 16).
The body is bound to the data key's id, not to the school key's, so a rotation re-wraps the header and leaves the body.
"""

import struct
from dataclasses import dataclass
from uuid import UUID

from app.core.vault.suites import BY_NUMBER, NONCE_BYTES, TAG_BYTES, SealBroken, Suite

IDS_END = 33


@dataclass(frozen=True)
class Place:
    """Where a sealed value belongs (decision 24).

    school_id: the tenant whose keys are used (a county-level row: the county's unit). version: the version of the text
    itself; a row that seals its text anew at each change passes its own version, all others keep 1.
    """

    school_id: UUID
    table: str
    record_id: UUID
    column: str
    version: int = 1


@dataclass(frozen=True)
class Token:
    """A sealed value taken apart."""

    suite: Suite
    school_key: UUID
    data_key: UUID
    wrapped: bytes
    body: bytes

    def joined(self) -> bytes:
        """The bytes to be stored."""
        return bytes([self.suite.number]) + self.school_key.bytes + self.data_key.bytes + self.wrapped + self.body


def parsed(sealed: bytes) -> Token:
    """Take a sealed value apart; raises SealBroken when it has not the shape of one."""
    suite = BY_NUMBER.get(sealed[0]) if sealed else None
    if suite is None:
        raise SealBroken("not a sealed value")
    wrapped_end = IDS_END + NONCE_BYTES + suite.key_bytes + TAG_BYTES
    if len(sealed) < wrapped_end + NONCE_BYTES + TAG_BYTES:
        raise SealBroken("the sealed value is cut short")
    ids = UUID(bytes=sealed[1:17]), UUID(bytes=sealed[17:IDS_END])
    return Token(suite, *ids, sealed[IDS_END:wrapped_end], sealed[wrapped_end:])


def body_binding(suite: Suite, data_key: UUID, place: Place) -> bytes:
    """Additional data of the body: suite, key id, school, table, record, column, version."""
    return bound(
        bytes([suite.number]),
        data_key.bytes,
        place.school_id.bytes,
        place.table.encode(),
        place.record_id.bytes,
        place.column.encode(),
        str(place.version).encode(),
    )


def wrap_binding(suite: Suite, school_key: UUID, school_id: UUID, data_key: UUID) -> bytes:
    """Additional data of the wrapped data key."""
    return bound(bytes([suite.number]), school_key.bytes, school_id.bytes, data_key.bytes)


def bound(*parts: bytes) -> bytes:
    """The parts one after another, each with its length before it, so that no two lists give the same bytes."""
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)
