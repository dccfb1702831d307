"""Passwords: Argon2id with a bound on memory, the list of refused ones, and the same work for a name that does not exist.

Source: security 5–7. Nothing longer than 128 characters is ever hashed.
"""

from __future__ import annotations

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.core.errors import Sentence
from app.core.pinyin import syllables
from config.settings import PROJECT

SHORTEST, LONGEST = 12, 128
LIST = PROJECT / "config" / "passwords.txt"
LEAST_OWN = 6
"""Letters that must remain when common words, own words, digits and signs are taken away."""
AT_ONCE = 4
"""Hashes computed at the same time in one process: 64 MiB each."""
PATIENCE = 10.0

HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
CODE_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""For codes that a machine drew: 64 random bits and more need less work than a password."""

_places = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Too many people are signing in at this moment; the caller says so and asks to try again."""


@contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _places.release()


def hash_password(password: str) -> str:
    """Argon2id hash with its parameters; ValueError over 128 characters."""
    if len(password) > LONGEST:
        raise ValueError("longer than 128 characters")
    with _a_place():
        return HASHER.hash(_same(password))


def password_fits(stored: str, password: str) -> bool:
    """Whether `password` is the one behind `stored`; one Argon2 run also when `stored` is empty (an unknown name)."""
    if len(password) > LONGEST:
        return False
    with _a_place():
        try:
            return HASHER.verify(stored or _nobodys(), _same(password)) and bool(stored)
        except (VerifyMismatchError, InvalidHashError):
            return False


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's; renewed at the next sign-in."""
    return HASHER.check_needs_rehash(stored)


def hash_code(code: str) -> str:
    """Hash of a recovery or one-time code."""
    with _a_place():
        return CODE_HASHER.hash(plain_code(code))


def code_fits(stored: str | None, code: str) -> bool:
    """Whether `code` is the one behind `stored`; the same work when nothing is stored."""
    typed = plain_code(code)
    if len(typed) > LONGEST:
        return False
    with _a_place():
        try:
            return CODE_HASHER.verify(stored or _no_code(), typed) and bool(stored)
        except (VerifyMismatchError, InvalidHashError):
            return False


def plain_code(code: str) -> str:
    """A code as it is compared: capitals, no spaces or hyphens, full-width forms made narrow."""
    return re.sub(r"[\s\-‐–—]", "", unicodedata.normalize("NFKC", code)).upper()


def _same(password: str) -> str:
    """One spelling for what looks the same: a phone's full-width digits are digits."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_hex(16))


@cache
def _no_code() -> str:
    return CODE_HASHER.hash(secrets.token_hex(16))


TOO_SHORT = Sentence("密码至少 12 个字符", "A password needs at least 12 characters.")
TOO_LONG = Sentence("密码最多 128 个字符", "A password has at most 128 characters.")
TOO_PLAIN = Sentence("密码里不同的字符太少，请换一个", "This password repeats too few characters. Choose another.")
TOO_COMMON = Sentence("这个密码太常见，很容易猜到，请换一个", "This password is too common. Choose another.")
TOO_CLOSE = Sentence(
    "密码里不要用姓名、账号、单位或地名", "Leave your name, account, unit and place out of the password."
)


def refusal(password: str, context: Iterable[str] = ()) -> Sentence | None:
    """Why a new password is refused, or None; `context` are the person's own words: name, account, unit (security 6)."""
    typed = _same(password)
    if len(typed) < SHORTEST:
        return TOO_SHORT
    if len(password) > LONGEST:
        return TOO_LONG
    letters = _letters(typed)
    if len(set(letters)) < 5:
        return TOO_PLAIN
    if letters in refused() or _core(letters) in refused() or _is_walk(letters):
        return TOO_COMMON
    if _made_of(letters, spellings(context)):
        return TOO_CLOSE
    return TOO_COMMON if _made_of(letters, set(_bare())) else None


@cache
def refused(place: Path = LIST) -> frozenset[str]:
    """The common passwords and words of the trade, in small letters; made by bin/list_passwords.py."""
    return frozenset(line for line in place.read_text("utf-8").splitlines() if line and not line.startswith("#"))


def spellings(words: Iterable[str]) -> set[str]:
    """Each word as written, in pinyin and in initials, as far as it is long enough to matter."""
    found: set[str] = set()
    for word in words:
        sounds = syllables(word)
        found |= {_letters(word), _letters("".join(sounds)), _letters("".join(s[:1] for s in sounds))}
    return {word for word in found if len(word) >= 4 or (len(word) >= 2 and not word.isascii())}


def _letters(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()


LOOKALIKES = str.maketrans("@$013457", "asoleast")


def _core(letters: str) -> str:
    """Without digits and signs at the ends, and with the usual look-alikes put back: p@ssw0rd2026! is password."""
    bare = letters.strip("0123456789!@#$%^&*()_+-=.,?~·。！")
    return re.sub(r"[^a-z一-鿿]", "", bare.translate(LOOKALIKES))


WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)


def _is_walk(letters: str) -> bool:
    """Whether most of it runs along the keyboard or the alphabet."""
    rows = [*WALKS, *(row[::-1] for row in WALKS)]
    steps = sum(any(pair in row for row in rows) for pair in (letters[i : i + 2] for i in range(len(letters) - 1)))
    return steps >= 0.75 * (len(letters) - 1)


def _left_of(letters: str, words: Iterable[str]) -> str:
    """What remains without these words, digits and signs."""
    rest = letters
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return re.sub(r"[^a-z一-鿿]", "", rest)


def _made_of(letters: str, words: set[str]) -> bool:
    """Whether these words, with digits and signs, make up nearly all of it."""
    return any(word in letters for word in words) and len(_left_of(letters, words)) < LEAST_OWN


@cache
def _bare() -> frozenset[str]:
    """The listed words themselves, without what the rules put around them."""
    return frozenset(word for word in refused() if 5 <= len(word) < SHORTEST and word.isalpha())
