"""Many values at once: what a sealer makes is what the ring makes."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.core.vault import KeyRing, MasterKeys, MemoryStore, Place, SealBroken

SCHOOL = uuid4()


@pytest.fixture(params=["intl", "sm"])
def ring(request: pytest.FixtureRequest) -> Iterator[KeyRing]:
    yield KeyRing(MasterKeys({"one": bytes(range(32))}), MemoryStore(), request.param)


def test_a_sealer_seals_what_the_ring_opens_at_the_same_place_only(ring: KeyRing) -> None:
    record = uuid4()
    sealed = ring.sealer(SCHOOL).seal("students", record, "private", "330000201003070010")

    assert ring.open_text(Place(SCHOOL, "students", record, "private"), sealed) == "330000201003070010"
    for place in (Place(SCHOOL, "students", uuid4(), "private"), Place(SCHOOL, "persons", record, "private")):
        with pytest.raises(SealBroken):
            ring.open(place, sealed)


def test_a_sealer_makes_the_indexes_of_the_ring(ring: KeyRing) -> None:
    sealer = ring.sealer(SCHOOL)

    assert sealer.index("id_number", "11010519491231002x") == ring.index(SCHOOL, "id_number", "１1010519491231002X")
    assert sealer.index("phone", "13800000000") != ring.sealer(uuid4()).index("phone", "13800000000")


def test_two_values_sealed_in_one_go_share_nothing(ring: KeyRing) -> None:
    sealer, record = ring.sealer(SCHOOL), uuid4()
    first, second = (sealer.seal("students", record, "private", "same") for _ in range(2))

    assert first[17:] != second[17:]
    assert ring.rewrap(SCHOOL, first) == first
    ring.renew(SCHOOL)
    assert ring.open_text(Place(SCHOOL, "students", record, "private"), ring.rewrap(SCHOOL, first)) == "same"
