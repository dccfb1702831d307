"""Sealed values open where they belong and nowhere else, with any generation of their school's keys."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.vault import KeyMissing, KeyRing, MasterKeys, MemoryStore, Place, SealBroken, normalised

SCHOOL, OTHER_SCHOOL, RECORD = uuid4(), uuid4(), uuid4()
PLACE = Place(SCHOOL, "session_notes", RECORD, "body")
NOTE = "谈话记录：睡眠不好，想家。"


@pytest.fixture
def master_file(tmp_path: Path) -> Path:
    path = tmp_path / "master.key"
    MasterKeys.create(path)
    return path


@pytest.fixture(params=["intl", "sm"])
def ring(master_file: Path, request: pytest.FixtureRequest) -> Iterator[KeyRing]:
    yield KeyRing(MasterKeys.read(master_file), MemoryStore(), request.param)


def test_what_was_sealed_opens_at_its_place(ring: KeyRing) -> None:
    sealed = ring.seal(PLACE, NOTE)

    assert ring.open_text(PLACE, sealed) == NOTE
    assert NOTE.encode() not in sealed
    assert len(sealed) <= len(NOTE.encode()) + 150


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, school_id=OTHER_SCHOOL),
        replace(PLACE, table="referrals"),
        replace(PLACE, record_id=uuid4()),
        replace(PLACE, column="plan"),
        replace(PLACE, version=2),
    ],
    ids=["school", "table", "record", "column", "version"],
)
def test_a_value_moved_to_another_place_does_not_open(ring: KeyRing, elsewhere: Place) -> None:
    sealed = ring.seal(PLACE, NOTE)
    ring.seal(elsewhere, NOTE)

    with pytest.raises((SealBroken, KeyMissing)):
        ring.open(elsewhere, sealed)


def test_two_swapped_ciphertexts_of_one_school_both_refuse_to_open(ring: KeyRing) -> None:
    neighbour = replace(PLACE, record_id=uuid4())
    mine, theirs = ring.seal(PLACE, "甲"), ring.seal(neighbour, "乙")

    with pytest.raises(SealBroken):
        ring.open(PLACE, theirs)
    with pytest.raises(SealBroken):
        ring.open(neighbour, mine)


def test_a_header_transplanted_onto_another_body_does_not_open(ring: KeyRing) -> None:
    mine, other = ring.seal(PLACE, "甲"), ring.seal(PLACE, "乙")
    body = 12 + 16 + len("甲".encode())

    with pytest.raises(SealBroken):
        ring.open(PLACE, mine[:-body] + other[-body:])


def test_every_single_flipped_bit_is_noticed(ring: KeyRing) -> None:
    sealed = ring.seal(PLACE, NOTE)

    for position in range(len(sealed) * 8):
        flipped = bytearray(sealed)
        flipped[position // 8] ^= 1 << (position % 8)
        with pytest.raises((SealBroken, KeyMissing)):
            ring.open(PLACE, bytes(flipped))


def test_every_truncation_is_noticed(ring: KeyRing) -> None:
    sealed = ring.seal(PLACE, NOTE)

    for length in range(len(sealed)):
        with pytest.raises((SealBroken, KeyMissing)):
            ring.open(PLACE, sealed[:length])


def test_nonces_and_data_keys_never_repeat(ring: KeyRing) -> None:
    sealed = [ring.seal(PLACE, NOTE) for _ in range(5_000)]
    body = 12 + 16 + len(NOTE.encode())

    assert len({value[-body : -body + 12] for value in sealed}) == 5_000
    assert len({value[17:33] for value in sealed}) == 5_000
    assert len({value[33:45] for value in sealed}) == 5_000


@given(st.binary(max_size=300))
@settings(max_examples=200)
def test_any_bytes_come_back_as_they_were(content: bytes) -> None:
    ring = KeyRing(MasterKeys({"one": b"k" * 32}), MemoryStore())

    assert ring.open(PLACE, ring.seal(PLACE, content)) == content


def test_a_store_without_the_master_key_yields_nothing(ring: KeyRing, tmp_path: Path) -> None:
    sealed = ring.seal(PLACE, NOTE)
    stranger = KeyRing(MasterKeys.create(tmp_path / "another.key"), ring.store)

    with pytest.raises(KeyMissing) as refusal:
        stranger.open(PLACE, sealed)
    assert ring.master.current in refusal.value.name


def test_a_lost_school_key_is_named(ring: KeyRing) -> None:
    sealed = ring.seal(PLACE, NOTE)
    assert isinstance(ring.store, MemoryStore)
    lost = ring.current(SCHOOL).id
    ring.store.rows.clear()
    ring.forget()

    with pytest.raises(KeyMissing) as refusal:
        ring.open(PLACE, sealed)
    assert str(SCHOOL) in refusal.value.name and str(lost) in refusal.value.name


def test_a_key_row_moved_to_another_school_does_not_unwrap(ring: KeyRing) -> None:
    ring.seal(PLACE, NOTE)
    assert isinstance(ring.store, MemoryStore)
    stolen = replace(ring.current(SCHOOL), school_id=OTHER_SCHOOL)
    ring.store.add(stolen)

    with pytest.raises(SealBroken):
        ring.seal(replace(PLACE, school_id=OTHER_SCHOOL), "x")
    with pytest.raises(SealBroken):
        ring.check()


# Rotation ------------------------------------------------------------------------------------------------------------


def test_both_generations_open_while_a_rotation_runs(ring: KeyRing) -> None:
    before = ring.seal(PLACE, NOTE)
    ring.renew(SCHOOL)
    after = ring.seal(PLACE, NOTE)

    assert before[1:17] != after[1:17]
    assert ring.open_text(PLACE, before) == ring.open_text(PLACE, after) == NOTE


def test_rewrapping_changes_the_header_and_leaves_the_body(ring: KeyRing) -> None:
    before = ring.seal(PLACE, NOTE)
    ring.renew(SCHOOL)
    after = ring.rewrap(SCHOOL, before)
    body = 12 + 16 + len(NOTE.encode())

    assert after[-body:] == before[-body:]
    assert after[1:17] == ring.current(SCHOOL).id.bytes
    assert ring.open_text(PLACE, after) == NOTE
    assert ring.rewrap(SCHOOL, after) is after


def test_a_process_with_an_old_ring_opens_what_a_newer_generation_sealed(ring: KeyRing) -> None:
    other_process = KeyRing(ring.master, ring.store, ring.suite.name)
    other_process.seal(PLACE, "已读入旧密钥")
    ring.renew(SCHOOL)

    assert other_process.open_text(PLACE, ring.seal(PLACE, NOTE)) == NOTE


def test_a_process_seals_with_a_newer_generation_a_minute_later(ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    other_process = KeyRing(ring.master, ring.store, ring.suite.name)
    before = other_process.seal(PLACE, NOTE)
    ring.renew(SCHOOL)
    later = clock.monotonic() + 61
    monkeypatch.setattr(clock, "monotonic", lambda: later)

    assert other_process.seal(PLACE, NOTE)[1:17] == ring.current(SCHOOL).id.bytes != before[1:17]


def test_a_process_finds_a_master_key_that_another_one_added(ring: KeyRing, master_file: Path) -> None:
    other_process = KeyRing(MasterKeys.read(master_file), ring.store, ring.suite.name)
    sealed = ring.seal(PLACE, NOTE)
    ring.master = MasterKeys.add(master_file)
    ring.rewrap_school_keys(SCHOOL)

    assert other_process.open_text(PLACE, sealed) == NOTE


def test_a_retired_generation_opens_but_never_seals(ring: KeyRing) -> None:
    old = ring.seal(PLACE, NOTE)
    ring.renew(SCHOOL)
    ring.retire(SCHOOL, 1)

    assert ring.open_text(PLACE, old) == NOTE
    assert ring.seal(PLACE, NOTE)[1:17] == ring.current(SCHOOL).id.bytes != old[1:17]
    with pytest.raises(ValueError, match="current"):
        ring.retire(SCHOOL, 2)


def test_a_key_retired_by_hand_is_not_used_although_it_is_the_newest(ring: KeyRing) -> None:
    first = ring.seal(PLACE, NOTE)
    ring.store.replace(replace(ring.renew(SCHOOL), retired=True))
    ring.forget()

    assert ring.seal(PLACE, NOTE)[1:17] == first[1:17]


def test_a_new_master_generation_takes_over_every_school_key(ring: KeyRing, master_file: Path) -> None:
    sealed = ring.seal(PLACE, NOTE)
    index = ring.index(SCHOOL, "phone", "13800138000")
    old_master = ring.master.current
    newer = KeyRing(MasterKeys.add(master_file), ring.store, ring.suite.name)

    assert newer.rewrap_school_keys(SCHOOL) == 2
    assert newer.rewrap_school_keys(SCHOOL) == 0

    only_new = KeyRing(MasterKeys({newer.master.current: newer.master.generations[newer.master.current]}), ring.store)
    assert only_new.open_text(PLACE, sealed) == NOTE
    assert only_new.index(SCHOOL, "phone", "13800138000") == index
    assert old_master != newer.master.current


def test_a_change_of_suite_leaves_older_values_readable(master_file: Path) -> None:
    store, master = MemoryStore(), MasterKeys.read(master_file)
    intl = KeyRing(master, store, "intl")
    old, index = intl.seal(PLACE, NOTE), intl.index(SCHOOL, "phone", "13800138000")
    sm = KeyRing(master, store, "sm")
    sm.renew(SCHOOL)
    new = sm.seal(PLACE, NOTE)

    assert (old[0], new[0]) == (1, 2)
    assert sm.open_text(PLACE, old) == sm.open_text(PLACE, new) == NOTE
    assert sm.index(SCHOOL, "phone", "13800138000") == index
    moved = sm.rewrap(SCHOOL, old)
    assert moved[1:17] == sm.current(SCHOOL).id.bytes and sm.open_text(PLACE, moved) == NOTE


def test_racing_threads_agree_on_one_first_key(master_file: Path) -> None:
    store, master, start = MemoryStore(), MasterKeys.read(master_file), threading.Barrier(8)
    sealed: list[bytes] = []

    def work() -> None:
        ring = KeyRing(master, store)
        start.wait()
        sealed.append(ring.seal(PLACE, NOTE))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({value[1:17] for value in sealed}) == 1
    assert all(KeyRing(master, store).open_text(PLACE, value) == NOTE for value in sealed)


# Blind index ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("id_number", "11010519491231002X", " １１０１０５ 19491231 002x "),
        ("phone", "13800138000", "+86 138-0013-8000"),
        ("student_no", "G110105200801010015", "g110105200801010015"),
        ("name", "欧阳·娜娜", "欧阳娜娜"),
    ],
)
def test_two_spellings_of_one_value_have_one_index(ring: KeyRing, kind: str, one: str, other: str) -> None:
    assert ring.index(SCHOOL, kind, one) == ring.index(SCHOOL, kind, other)
    assert len(ring.index(SCHOOL, kind, one)) == 32


def test_the_same_number_has_unlike_indexes_in_two_schools_and_two_kinds(ring: KeyRing) -> None:
    number = "13800138000"
    seen = {
        ring.index(SCHOOL, "phone", number),
        ring.index(OTHER_SCHOOL, "phone", number),
        ring.index(SCHOOL, "student_no", number),
        ring.index(SCHOOL, "phone", "13800138001"),
    }

    assert len(seen) == 4


def test_the_index_survives_a_new_sealing_generation(ring: KeyRing) -> None:
    before = ring.index(SCHOOL, "phone", "13800138000")
    ring.renew(SCHOOL)

    assert ring.index(SCHOOL, "phone", "13800138000") == before


def test_a_chinese_mobile_number_keeps_all_eleven_digits() -> None:
    assert normalised("phone", "86138001380") == "86138001380"
    assert normalised("phone", "8613800138000") == "13800138000"


# The master key file -------------------------------------------------------------------------------------------------


def test_the_master_key_file_belongs_to_its_owner_only(master_file: Path) -> None:
    assert master_file.stat().st_mode & 0o777 == 0o600
    MasterKeys.add(master_file)
    assert master_file.stat().st_mode & 0o777 == 0o600


def test_an_existing_master_key_file_is_never_overwritten(master_file: Path) -> None:
    before = master_file.read_bytes()

    with pytest.raises(FileExistsError):
        MasterKeys.create(master_file)
    assert master_file.read_bytes() == before


@pytest.mark.parametrize("content", ["", "\n", "abc notbase64!\n", "abc YWJj\n"])
def test_an_empty_or_damaged_master_key_file_is_refused(master_file: Path, content: str) -> None:
    master_file.write_text(content)

    with pytest.raises(KeyMissing):
        MasterKeys.read(master_file)


def test_an_absent_or_open_master_key_file_is_refused_by_name(master_file: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match="nowhere"):
        MasterKeys.read(tmp_path / "nowhere.key")
    os.chmod(master_file, 0o640)
    with pytest.raises(KeyMissing, match="chmod 600"):
        MasterKeys.read(master_file)


def test_ids_of_places_are_compared_as_values() -> None:
    assert replace(PLACE, record_id=UUID(str(RECORD))) == PLACE
