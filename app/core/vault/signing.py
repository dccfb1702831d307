"""Signatures behind one interface: Ed25519 with the suite `intl`, SM2 over SM3 with the suite `sm` (security 37).

SM2 is done by the OpenSSL of the machine, not in Python: a signature is made once a day, and a certified module or a USB key
takes its place by another class of the same shape.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

DISTINGUISHING = "distid:1234567812345678"
"""The signer's identity where none is agreed upon (GB/T 35276)."""


class NoSigner(Exception):
    """Why nothing can be signed or verified here."""


class Signer(Protocol):
    """Makes and checks signatures; keys are PEM."""

    def new_key(self) -> bytes:
        """A fresh private key."""

    def public_of(self, private: bytes) -> bytes:
        """The public key that belongs to it."""

    def sign(self, private: bytes, message: bytes) -> bytes:
        """The signature of the message."""

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether that key signed exactly this message."""


class Ed25519:
    """Signatures of the suite `intl`."""

    def new_key(self) -> bytes:
        """A fresh private key."""
        return Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public_of(self, private: bytes) -> bytes:
        """The public key that belongs to it."""
        return (
            self._private(private)
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )

    def sign(self, private: bytes, message: bytes) -> bytes:
        """The signature of the message."""
        return self._private(private).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether that key signed exactly this message."""
        try:
            key = serialization.load_pem_public_key(public)
            if isinstance(key, Ed25519PublicKey):
                key.verify(signature, message)
                return True
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            return False
        return False

    def _private(self, private: bytes) -> Ed25519PrivateKey:
        try:
            key = serialization.load_pem_private_key(private, None)
        except (UnsupportedAlgorithm, ValueError) as error:
            raise NoSigner("the signing key is of another suite") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise NoSigner("the signing key is of another suite")
        return key


class Sm2:
    """Signatures of the suite `sm`, made by the program `openssl`."""

    def new_key(self) -> bytes:
        """A fresh private key."""
        return self._openssl("genpkey", "-algorithm", "SM2")

    def public_of(self, private: bytes) -> bytes:
        """The public key that belongs to it."""
        return self._openssl("pkey", "-in", "key", "-pubout", key=private)

    def sign(self, private: bytes, message: bytes) -> bytes:
        """The signature of the message."""
        return self._openssl(
            "pkeyutl", "-sign", "-inkey", "key", "-rawin", "-in", "message", "-digest", "sm3", "-pkeyopt", DISTINGUISHING,
            key=private, message=message,
        )  # fmt: skip

    def verify(self, public: bytes, message: bytes, signature: bytes) -> bool:
        """Whether that key signed exactly this message."""
        try:
            self._openssl(
                "pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "message", "-digest", "sm3",
                "-pkeyopt", DISTINGUISHING, "-sigfile", "signature", key=public, message=message, signature=signature,
            )  # fmt: skip
        except NoSigner:
            return False
        return True

    def _openssl(self, *arguments: str, **files: bytes) -> bytes:
        """What openssl says, with the files it reads in a folder of nobody else's that goes at once."""
        program = shutil.which("openssl", path="/usr/bin:/usr/local/bin:/bin")
        if program is None:
            raise NoSigner("openssl is not installed")
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                handle = os.open(Path(folder) / name, os.O_WRONLY | os.O_CREAT, 0o600)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
            done = subprocess.run([program, *arguments], cwd=folder, capture_output=True, check=False, timeout=30)
        if done.returncode:
            raise NoSigner(f"openssl {arguments[0]}: {done.returncode}")
        return done.stdout


SIGNERS: dict[str, Signer] = {"intl": Ed25519(), "sm": Sm2()}
