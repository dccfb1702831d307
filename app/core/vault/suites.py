"""The cipher suites: `intl` (AES-256-GCM, HMAC-SHA256) and `sm` (SM4-GCM, HMAC-SM3), told apart by one byte."""

import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes

NONCE_BYTES = 12
TAG_BYTES = 16


class SealBroken(Exception):
    """A sealed value was altered, moved to another place, or is no sealed value at all; carries no content."""


@dataclass(frozen=True)
class Suite:
    """An authenticated cipher with its keyed hash.

    name: as in the settings; number: first byte of every sealed value; key_bytes: length of its cipher keys.
    """

    name: str
    number: int
    key_bytes: int
    cipher: type[CipherAlgorithm]
    digest: type[hashes.HashAlgorithm]

    def new_key(self) -> bytes:
        """A fresh random cipher key of this suite."""
        return os.urandom(self.key_bytes)

    def encrypt(self, key: bytes, plaintext: bytes, bound_to: bytes) -> bytes:
        """nonce ‖ ciphertext ‖ tag, bound to `bound_to` (additional data); the nonce is fresh random 96 bits."""
        nonce = os.urandom(NONCE_BYTES)
        worker = Cipher(self.cipher(key), modes.GCM(nonce)).encryptor()  # type: ignore[call-arg]
        worker.authenticate_additional_data(bound_to)
        return nonce + worker.update(plaintext) + worker.finalize() + worker.tag

    def decrypt(self, key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
        """The plaintext of `encrypt`; raises SealBroken when one bit of key, value or binding differs."""
        if len(sealed) < NONCE_BYTES + TAG_BYTES:
            raise SealBroken("the sealed value is cut short")
        nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
        worker = Cipher(self.cipher(key), modes.GCM(nonce, tag)).decryptor()  # type: ignore[call-arg]
        worker.authenticate_additional_data(bound_to)
        try:
            return worker.update(body) + worker.finalize()
        except InvalidTag:
            raise SealBroken("the sealed value does not belong here or was altered") from None

    def keyed_hash(self, key: bytes, message: bytes) -> bytes:
        """32 bytes of HMAC with the suite's hash."""
        worker = hmac.HMAC(key, self.digest())
        worker.update(message)
        return worker.finalize()


INTL = Suite("intl", 1, 32, algorithms.AES256, hashes.SHA256)
SM = Suite("sm", 2, 16, algorithms.SM4, hashes.SM3)
SUITES = {suite.name: suite for suite in (INTL, SM)}
BY_NUMBER = {suite.number: suite for suite in (INTL, SM)}
