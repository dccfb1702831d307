"""The shelf: every file once, under the digest of its content; written whole or not at all."""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from app.core import logs
from app.core.errors import Invalid, NotFound, Sentence
from app.core.sandbox import Limits, Sandbox, TaskBroken, TaskOverdue
from app.core.storage.kinds import MEGABYTE, Kind, Use
from app.core.storage.names import cleaned_name
from app.core.storage.refusals import Refused, because, refused
from app.core.storage.scanner import Scanner, ScannerAway

log = logs.get(__name__)

State = Literal["ready", "quarantined"]
_DIGEST = re.compile(r"[0-9a-f]{64}")
_SPEAKING = {
    "heic": ("heic", "heif"),
    "old_office": ("doc", "rtf", "wps", "ppt", "pptx", "odt"),
    "macro": ("docm", "xlsm", "xlsb", "dotm", "xltm", "xlam"),
    "archive": ("zip", "rar", "7z", "gz", "tar"),
}
_sandbox = Sandbox("app.core.storage.inspection:inspect", Limits(seconds=20, megabytes=1024))


def warm() -> None:
    """Start the checking process now, so that the first upload is as fast as the others."""
    _sandbox.warm()


def close() -> None:
    """End the checking process."""
    _sandbox.close()


@dataclass(frozen=True)
class Stored:
    """A file on the shelf. sha256, size: of the served copy; original_…: of what was sent; name: cleaned."""

    sha256: str
    size: int
    media_type: str
    name: str
    original_sha256: str
    original_size: int
    state: State


class InQuarantine(Exception):
    """The file waits for the scanner and is not given out."""

    sentence = Sentence(
        "文件还在等待安全扫描，请稍后再打开", "The file is waiting for its security scan. Open it later"
    )


class Damaged(Exception):
    """The bytes on the disk no longer have the digest they are kept under."""


class Shelf:
    """Takes, keeps and gives out files under one folder. scanner: None where the settings name none."""

    def __init__(self, root: Path, scanner: Scanner | None = None) -> None:
        self.root = root
        self.scanner = scanner

    def put(self, stream: BinaryIO, name: str, use: Use, megabytes: int | None = None) -> Stored:
        """Check, clean and keep what the stream holds; raises Invalid("file", …) with the reason and what to do.

        megabytes: the limit of the settings where it differs from the use's own.
        """
        shown = cleaned_name(name)
        try:
            return self._put(
                _received(stream, shown, megabytes or use.megabytes), shown, use, megabytes or use.megabytes
            )
        except Refused as refusal:
            raise Invalid("file", refusal.sentence) from None

    def keep(self, content: bytes, name: str, media_type: str) -> Stored:
        """Keep a file that the application made itself, unchecked and unchanged."""
        digest = _digest(content)
        self._write(self._place(digest), content)
        return Stored(digest, len(content), media_type, cleaned_name(name), digest, len(content), "ready")

    def open(self, sha256: str) -> BinaryIO:
        """The served copy; raises NotFound, InQuarantine, or Damaged when the bytes have changed on the disk."""
        if _DIGEST.fullmatch(sha256) and not self._place(sha256).exists() and self._waiting(sha256).exists():
            raise InQuarantine(sha256)
        return self._opened(sha256, self._place(sha256))

    def open_original(self, sha256: str) -> BinaryIO:
        """The file exactly as it was sent, by its own digest; for an audit of evidence and nobody else."""
        kept = self._original(sha256)
        return self._opened(sha256, kept if kept.exists() else self._place(sha256))

    def recheck(self, sha256: str, original_sha256: str) -> Literal["ready", "quarantined", "refused"]:
        """Show a waiting file to the scanner again: released when it passes, removed when something is found."""
        waiting = [(self._waiting(sha256), self._place(sha256))]
        if original_sha256 != sha256:
            waiting.append((self._waiting(original_sha256), self._original(original_sha256)))
        try:
            clean = all(self._passes(here.read_bytes()) for here, _ in waiting if here.exists())
        except ScannerAway:
            return "quarantined"
        for here, there in waiting:
            if here.exists() and clean:
                self._write(there, here.read_bytes())
            here.unlink(missing_ok=True)
        return "ready" if clean else "refused"

    def waiting(self) -> Iterator[str]:
        """Digests of everything in quarantine."""
        return (path.name for path in sorted((self.root / "quarantine").glob("??/??/*")))

    def discard(self, sha256: str) -> bool:
        """Remove a file for good; whether there was one. The caller has made sure that no record names it any more."""
        kept = [
            place for place in (self._place(sha256), self._waiting(sha256), self._original(sha256)) if place.exists()
        ]
        for place in kept:
            place.unlink(missing_ok=True)
        return bool(kept)

    def _put(self, content: bytes, name: str, use: Use, megabytes: int) -> Stored:
        kind = _kind_by_name(name, use)
        copy = _inspected(content, name, use, kind.code, megabytes)
        served = content if copy is None else copy
        digest, original = _digest(served), _digest(content)
        try:
            if not self._passes(content):
                raise refused("infected", name=name)
            state: State = "ready"
        except ScannerAway:
            state = "ready" if self._place(digest).exists() else "quarantined"
        ready = state == "ready"
        if original != digest:
            self._write(self._original(original) if ready else self._waiting(original), content)
        self._write(self._place(digest) if ready else self._waiting(digest), served)
        return Stored(digest, len(served), kind.media_type, name, original, len(content), state)

    def _passes(self, content: bytes) -> bool:
        return self.scanner is None or self.scanner.passes(content)

    def _place(self, sha256: str, part: str = "") -> Path:
        if not _DIGEST.fullmatch(sha256):
            raise NotFound("file", sha256[:16])
        return self.root / part / sha256[:2] / sha256[2:4] / sha256

    def _waiting(self, sha256: str) -> Path:
        return self._place(sha256, "quarantine")

    def _original(self, sha256: str) -> Path:
        return self._place(sha256, "originals")

    def _opened(self, sha256: str, place: Path) -> BinaryIO:
        try:
            file = place.open("rb")
        except FileNotFoundError:
            raise NotFound("file", sha256[:16]) from None
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            file.close()
            raise Damaged(sha256)
        file.seek(0)
        return file

    def _write(self, place: Path, content: bytes) -> None:
        """All of the content or none of it, on the disk before anybody may refer to it."""
        if place.exists():
            return
        incoming = self.root / "incoming"
        for folder in (incoming, place.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        draft = incoming / secrets.token_hex(12)
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, place)
        finally:
            draft.unlink(missing_ok=True)
        for folder in (place.parent, place.parent.parent):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            os.fsync(handle)
            os.close(handle)


def _kind_by_name(name: str, use: Use) -> Kind:
    """The kind that the name promises; raises Refused where the use does not take it."""
    if (kind := use.kind_of(name)) is not None:
        return kind
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    code = next((code for code, endings in _SPEAKING.items() if extension in endings), "extension")
    raise refused(code, name=name, extensions=use.extensions)


def _received(stream: BinaryIO, name: str, megabytes: int) -> bytes:
    content = stream.read(megabytes * MEGABYTE + 1)
    if not content:
        raise refused("empty", name=name)
    if len(content) > megabytes * MEGABYTE:
        raise refused("too_big", name=name, limit=megabytes)
    return content


def _inspected(content: bytes, name: str, use: Use, kind: str, megabytes: int) -> bytes | None:
    """The cleaned copy, None where the file is served as it came; raises Refused."""
    order = {"name": name, "kind": kind, "use": use.code, "megabytes": megabytes}
    try:
        header, _, copy = _sandbox.run(json.dumps(order).encode() + b"\n" + content).partition(b"\n")
    except TaskOverdue:
        raise refused("too_heavy", name=name) from None
    except TaskBroken as broken:
        log.warning("file_check_broke", kind=kind, size=len(content), at=str(broken))
        raise refused("damaged", name=name) from None
    told = json.loads(header)
    if "refused" in told:
        raise Refused(Sentence(*told["refused"]))
    if told["id_count"]:
        places = tuple(
            joint.join(texts) for joint, texts in zip(("、", "; "), zip(*told["id_places"], strict=True), strict=True)
        )
        raise Refused(because("id_numbers", name=name, count=told["id_count"], places=places))
    return copy if told["changed"] else None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
