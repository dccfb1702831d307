"""Files are kept whole under their digest, given out unchanged, and wait while the scanner is away."""

import hashlib
import io
import os
import random
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core import storage
from app.core.errors import Invalid, NotFound
from app.core.storage import EVIDENCE, Clamd, Damaged, InQuarantine, ScannerAway, Shelf, cleaned_name, headers_for
from tests.core.storage.sendings import excel, jpg, pdf, png, word

CSV = "学校,人数\n实验小学,120\n".encode()


@pytest.fixture(scope="module", autouse=True)
def checking() -> Iterator[None]:
    storage.warm()
    yield
    storage.close()


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


class Scanner:
    """Finds "found me", and may be away."""

    def __init__(self) -> None:
        self.away = False
        self.seen: list[bytes] = []

    def passes(self, content: bytes) -> bool:
        if self.away:
            raise ScannerAway
        self.seen.append(content)
        return b"found me" not in content


@pytest.fixture
def scanner() -> Scanner:
    return Scanner()


@pytest.fixture
def guarded(tmp_path: Path, scanner: Scanner) -> Shelf:
    return Shelf(tmp_path, scanner)


def put(shelf: Shelf, content: bytes = CSV, name: str = "名单.csv") -> storage.Stored:
    return shelf.put(io.BytesIO(content), name, EVIDENCE)


def files(shelf: Shelf) -> list[str]:
    return sorted(str(path.relative_to(shelf.root).parent) for path in shelf.root.rglob("*") if path.is_file())


# Keeping -------------------------------------------------------------------------------------------------------------


def test_a_file_lies_under_the_digest_of_its_content(shelf: Shelf) -> None:
    stored = put(shelf)
    digest = hashlib.sha256(CSV).hexdigest()
    place = shelf.root / digest[:2] / digest[2:4] / digest

    assert stored.sha256 == digest and place.read_bytes() == CSV
    assert place.stat().st_mode & 0o777 == 0o440
    assert files(shelf) == [f"{digest[:2]}/{digest[2:4]}"]


def test_what_the_application_made_is_kept_unchanged(shelf: Shelf) -> None:
    stored = shelf.keep(b"%PDF made by us", "销号审批表.pdf", "application/pdf")

    with shelf.open(stored.sha256) as served:
        assert served.read() == b"%PDF made by us"


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64, "a" * 64 + "\n"])
def test_an_unknown_or_crooked_digest_is_not_found(shelf: Shelf, digest: str) -> None:
    with pytest.raises(NotFound):
        shelf.open(digest)
    with pytest.raises(NotFound):
        shelf.open_original(digest)


def test_bytes_that_changed_on_the_disk_are_never_given_out(shelf: Shelf) -> None:
    stored = put(shelf)
    place = shelf.root / stored.sha256[:2] / stored.sha256[2:4] / stored.sha256
    os.chmod(place, 0o640)
    place.write_bytes(CSV.replace(b"120", b"121"))

    with pytest.raises(Damaged):
        shelf.open(stored.sha256)


def test_a_crash_while_writing_leaves_nothing_under_the_digest(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(shelf)
    assert files(shelf) == []


def test_threads_sending_the_same_file_leave_one(shelf: Shelf) -> None:
    threads = [threading.Thread(target=put, args=(shelf,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(files(shelf)) == 1


def test_a_discarded_file_is_gone_with_its_original(shelf: Shelf) -> None:
    stored = put(shelf, jpg(), "a.jpg")
    shelf.discard(stored.sha256)
    shelf.discard(stored.original_sha256)

    assert files(shelf) == []


# Quarantine ----------------------------------------------------------------------------------------------------------


def test_the_scanner_sees_the_file_as_it_was_sent(guarded: Shelf, scanner: Scanner) -> None:
    sent = jpg()
    put(guarded, sent, "a.jpg")

    assert scanner.seen == [sent]


def test_a_file_in_which_something_was_found_is_not_kept(guarded: Shelf) -> None:
    with pytest.raises(Invalid, match="安全扫描"):
        put(guarded, b"a,b\nfound me,1\n")
    assert files(guarded) == []


def test_while_the_scanner_is_away_files_wait_and_are_not_given_out(guarded: Shelf, scanner: Scanner) -> None:
    scanner.away = True
    stored = put(guarded, jpg(), "a.jpg")

    assert stored.state == "quarantined"
    assert all(folder.startswith("quarantine/") for folder in files(guarded))
    with pytest.raises(InQuarantine) as waiting:
        guarded.open(stored.sha256)
    assert "等待安全扫描" in waiting.value.sentence.zh
    with pytest.raises(NotFound):
        guarded.open_original(stored.original_sha256)
    assert guarded.recheck(stored.sha256, stored.original_sha256) == "quarantined"


def test_a_waiting_file_is_released_when_the_scanner_is_back(guarded: Shelf, scanner: Scanner) -> None:
    scanner.away = True
    sent = jpg()
    stored = put(guarded, sent, "a.jpg")
    scanner.away = False

    assert sorted(guarded.waiting()) == sorted([stored.sha256, stored.original_sha256])
    assert guarded.recheck(stored.sha256, stored.original_sha256) == "ready"
    assert list(guarded.waiting()) == []
    with guarded.open(stored.sha256) as served, guarded.open_original(stored.original_sha256) as original:
        assert len(served.read()) == stored.size and original.read() == sent


def test_a_waiting_file_in_which_something_is_found_is_removed(guarded: Shelf, scanner: Scanner) -> None:
    scanner.away = True
    stored = put(guarded, jpg() + b"found me", "a.jpg")
    scanner.away = False

    assert guarded.recheck(stored.sha256, stored.original_sha256) == "refused"
    assert files(guarded) == []


def test_a_file_that_passed_before_need_not_wait_again(guarded: Shelf, scanner: Scanner) -> None:
    put(guarded)
    scanner.away = True

    assert put(guarded).state == "ready"


# clamd ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Callable[[bytes], Clamd]]:
    """A server that speaks clamd's stream protocol and gives one answer; "x FOUND" when the stream holds canary."""
    servers: list[socket.socket] = []

    def answer(line: socket.socket, verdict: bytes) -> None:
        with line, line.makefile("rb") as reader:
            assert reader.read(10) == b"zINSTREAM\0"
            content = b""
            while length := struct.unpack(">I", reader.read(4))[0]:
                content += reader.read(length)
            line.sendall(b"stream: Canary.Test FOUND\0" if b"canary" in content else verdict)

    def start(verdict: bytes) -> Clamd:
        address = str(tmp_path / f"{len(servers)}.ctl")
        server = socket.socket(socket.AF_UNIX)
        server.bind(address)
        server.listen()
        servers.append(server)
        threading.Thread(target=lambda: answer(server.accept()[0], verdict), daemon=True).start()
        return Clamd(address, seconds=2)

    yield start
    for server in servers:
        server.close()


def test_clamd_passes_and_finds_in_streams_of_any_length(clamd: Callable[[bytes], Clamd]) -> None:
    assert clamd(b"stream: OK\0").passes(b"x" * 3_000_000)
    assert not clamd(b"stream: OK\0").passes(b"x" * 2_000_000 + b"canary")


@pytest.mark.parametrize("verdict", [b"", b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK but\0"])
def test_any_other_answer_of_clamd_is_no_pass(clamd: Callable[[bytes], Clamd], verdict: bytes) -> None:
    with pytest.raises(ScannerAway):
        clamd(verdict).passes(b"x")


def test_a_clamd_that_is_not_there_is_away(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    for address in (str(tmp_path / "none.ctl"), f"127.0.0.1:{port}"):
        with pytest.raises(ScannerAway):
            Clamd(address).passes(b"x")


# Names and headers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("第一中学 整改方案（定稿）.docx", "第一中学 整改方案（定稿）.docx"),
        ("C:\\Users\\li\\照片.jpg", "照片.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("a\x00b\x1b[31m.csv", "ab[31m.csv"),
        ('"><script>.pdf', "___script_.pdf"),
        ("con.txt", "_con.txt"),
        ("...", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("长" * 65_000 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_shown_without_paths_controls_and_tricks(given: str, kept: str) -> None:
    assert cleaned_name(given) == kept
    assert cleaned_name(kept) == kept


def test_a_download_is_never_run_or_guessed_at_by_a_browser() -> None:
    headers = headers_for('整改"方案\r\n.pdf', "application/pdf", inline=True)

    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename=\"_____.pdf\"; filename*=UTF-8''%E6%95%B4%E6%94%B9_%E6%96%B9%E6%A1%88.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def test_only_redrawn_pictures_may_be_shown_on_a_page() -> None:
    shown = {
        kind.code: headers_for(f"a.{kind.code}", kind.media_type, inline=True)["Content-Disposition"].partition(";")[0]
        for kind in storage.KINDS
    }

    assert [code for code, how in shown.items() if how == "inline"] == ["jpg", "png"]


# Mutants -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ("a.jpg", jpg()),
        ("a.png", png()),
        ("a.pdf", pdf("one", "two")),
        ("a.docx", word("甲", table=("乙",))),
        ("a.xlsx", excel()),
    ],
    ids=["jpg", "png", "pdf", "docx", "xlsx"],
)
def test_mutants_are_taken_or_refused_with_a_sentence_and_nothing_else_happens(
    shelf: Shelf, name: str, seed: bytes
) -> None:
    dice = random.Random(20261125)
    outcomes = {"taken": 0, "refused": 0}
    for _ in range(40):
        mutant = bytearray(seed)
        for _ in range(dice.randint(1, 12)):
            position = dice.randrange(len(mutant))
            deed = dice.randrange(4)
            if deed == 0:
                mutant[position] ^= 1 << dice.randrange(8)
            elif deed == 1:
                mutant[position : position + 4] = b"\xff\xff\xff\xff"
            elif deed == 2:
                del mutant[position : position + dice.randint(1, 40)]
            else:
                mutant[position:position] = mutant[: dice.randint(1, 40)]
        try:
            put(shelf, bytes(mutant), name)
            outcomes["taken"] += 1
        except Invalid as refused:
            outcomes["refused"] += 1
            assert "上传" in refused.sentences["file"].zh
    assert sum(outcomes.values()) == 40
