"""The master key file: the one secret outside the database, readable by its owner only, with all its generations."""

import base64
import hashlib
import os
import secrets
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

KEY_BYTES = 32


class KeyMissing(Exception):
    """A key is not where it should be; `name` says which one, so that the administrator knows what to bring back."""

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__(f"missing key {name}{': ' + hint if hint else ''}")
        self.name = name


@dataclass(frozen=True)
class MasterKeys:
    """Generations of the master key by name; the last one of the file wraps, all of them unwrap.

    path: where they were read from; a name that is not known is looked for there once more, because another process may
    have added it.
    """

    generations: Mapping[str, bytes]
    path: Path | None = None

    @property
    def current(self) -> str:
        """Name of the generation that wraps new keys."""
        return list(self.generations)[-1]

    def key(self, name: str, length: int) -> bytes:
        """The wrapping key of generation `name`, cut to the suite's `length` by a derivation of its own."""
        known = self.generations
        if name not in known and self.path is not None:
            known = MasterKeys.read(self.path).generations
        if name not in known:
            raise KeyMissing(f"master:{name}", "put the line of this generation back into the master key file")
        return hashlib.sha256(b"bihuan master wrap %d " % length + known[name]).digest()[:length]

    def read_again(self) -> "MasterKeys":
        """As the file stands now: nothing is wrapped by a generation that another process has put away."""
        return self if self.path is None else MasterKeys.read(self.path)

    @classmethod
    def create(cls, path: Path) -> "MasterKeys":
        """Write a new file with one generation; an existing file is never overwritten (FileExistsError)."""
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_new_line())
            file.flush()
            os.fsync(file.fileno())
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> "MasterKeys":
        """Read the file; raises KeyMissing when it is absent, empty, unreadable or open to others."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            lines = path.read_text(encoding="ascii").split("\n")
        except OSError as error:
            raise KeyMissing("master", f"{path} cannot be read ({error.strerror})") from None
        if mode & 0o077:
            raise KeyMissing("master", f"{path} is open to others; run chmod 600")
        generations = dict(_parsed(line, path) for line in lines if line.strip())
        if not generations:
            raise KeyMissing("master", f"{path} is empty")
        return cls(generations, path)

    @classmethod
    def add(cls, path: Path) -> "MasterKeys":
        """Append a new generation and return all of them; old generations stay until nothing is wrapped by them."""
        before = cls.read(path)
        return _written(path, [*_lines(before), _new_line()])

    @classmethod
    def drop(cls, path: Path, names: Collection[str]) -> "MasterKeys":
        """Take generations out of the file for good; never the current one. What they wrapped opens nowhere any more."""
        before = cls.read(path)
        return _written(path, [line for line in _lines(before) if line.split()[0] not in set(names) - {before.current}])


def _lines(keys: MasterKeys) -> list[str]:
    return [_line(name, key) for name, key in keys.generations.items()]


def _written(path: Path, lines: list[str]) -> MasterKeys:
    """The file with these lines, whole or not at all."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    return MasterKeys.read(path)


def _line(name: str, key: bytes) -> str:
    return f"{name} {base64.b64encode(key).decode()}\n"


def _new_line() -> str:
    return _line(secrets.token_hex(4), os.urandom(KEY_BYTES))


def _parsed(line: str, path: Path) -> tuple[str, bytes]:
    name, _, encoded = line.strip().partition(" ")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyMissing(f"master:{name}", f"its line in {path} is damaged")
    return name, key
