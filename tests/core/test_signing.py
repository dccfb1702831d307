"""Security requirement 37: the switch of suites, and signatures behind one interface."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from app.core.audit import commands, digest, trail
from app.core.audit.verification import Anchor
from app.core.policy.actor import SYSTEM
from app.core.vault.signing import SIGNERS, NoSigner
from app.factory import create_app
from config.settings import Settings
from tests.cast import Cast

VECTOR = {
    "private": "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8",
    "public": "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
              "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
    "r": "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3",
    "s": "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
}  # fmt: skip
"""The example of GB/T 32918.5: signature of "message digest" by the signer 1234567812345678."""


def _der(*parts: bytes) -> bytes:
    body = b"".join(parts)
    return b"\x30" + bytes([len(body)]) + body


def _integer(hexadecimal: str) -> bytes:
    number = bytes.fromhex(hexadecimal)
    number = b"\0" + number if number[0] & 0x80 else number
    return b"\x02" + bytes([len(number)]) + number


def _pem(public: str) -> bytes:
    import base64

    point = bytes.fromhex(public)
    algorithm = _der(bytes.fromhex("06072A8648CE3D0201"), bytes.fromhex("06082A811CCF5501822D"))
    content = _der(algorithm, b"\x03" + bytes([len(point) + 1]) + b"\0" + point)
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.encodebytes(content) + b"-----END PUBLIC KEY-----\n"


def test_security_37_sm2_agrees_with_the_example_of_the_standard() -> None:
    signature = _der(_integer(VECTOR["r"]), _integer(VECTOR["s"]))
    assert SIGNERS["sm"].verify(_pem(VECTOR["public"]), b"message digest", signature)
    assert not SIGNERS["sm"].verify(_pem(VECTOR["public"]), b"message digesu", signature)


@pytest.mark.parametrize("suite", ["intl", "sm"])
def test_security_37_each_suite_signs_and_finds_every_change(suite: str) -> None:
    signer = SIGNERS[suite]
    private, other = signer.new_key(), signer.new_key()
    signature = signer.sign(private, b"head of the chain")
    public = signer.public_of(private)
    assert b"PRIVATE" not in public and signer.verify(public, b"head of the chain", signature)
    assert not signer.verify(public, b"head of the chaim", signature)
    assert not signer.verify(signer.public_of(other), b"head of the chain", signature)
    broken = signature[:-1] + bytes([signature[-1] ^ 1])
    assert not signer.verify(public, b"head of the chain", broken)


def test_security_37_a_key_of_the_other_suite_signs_nothing_and_proves_nothing() -> None:
    one, two = SIGNERS["intl"], SIGNERS["sm"]
    with pytest.raises(NoSigner):
        one.sign(two.new_key(), b"x")
    anchor = Anchor("2026-11-29T00:00:00+00:00", 7, "ab" * 32)
    private = one.new_key()
    moved = replace(digest.signed(anchor, "intl", private), suite="sm")
    assert not moved.holds(one.public_of(private))


@pytest.mark.parametrize("suite", ["intl", "sm"])
def test_security_37_a_signed_digest_finds_a_chain_that_was_rewritten(
    committed: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suite: Any
) -> None:
    before: Settings = committed.extensions["bihuan.settings"]
    settings = replace(before, suite=suite, signing_key_file=tmp_path / "signing.pem")
    monkeypatch.setitem(committed.extensions, "bihuan.settings", settings)
    with trail.act(SYSTEM, "write", "test.deed"):
        pass
    runner, place, key = committed.test_cli_runner(), tmp_path / "digest.json", tmp_path / "public.pem"
    assert runner.invoke(commands.audit, ["digest", str(place)]).exit_code == 0
    key.write_bytes(SIGNERS[suite].public_of(settings.signing_key_file.read_bytes()))
    asked = ["check-digest", str(place), "--public", str(key)]
    held = runner.invoke(commands.audit, asked)
    assert held.exit_code == 0 and f"({suite})" in held.output, held.output
    text_before = place.read_text("utf-8")
    place.write_text(text_before.replace('"seq": ', '"seq": 1'), "utf-8")
    changed = runner.invoke(commands.audit, asked)
    assert changed.exit_code == 1 and "the digest was changed" in changed.output
    place.write_text(text_before, "utf-8")
    engine = create_engine(before.database_owner_url)
    with engine.begin() as connection:
        connection.execute(text("alter table audit.entries disable trigger only_grows"))
        connection.execute(
            text("update audit.entries set hash = sha256(hash) where seq = (select max(seq) from audit.entries)")
        )
    engine.dispose()
    assert runner.invoke(commands.audit, asked).exit_code == 1


@pytest.mark.parametrize(("suite", "first_byte"), [("intl", 1), ("sm", 2)])
def test_security_37_the_setting_chooses_the_suite_of_what_is_sealed(
    settings: Settings, suite: Any, first_byte: int
) -> None:
    made = create_app(replace(settings, suite=suite))
    with made.app_context():
        assert made.extensions["bihuan.vault"].suite.number == first_byte
