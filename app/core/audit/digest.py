"""The signed digest of the trail: a few lines that the bureau keeps elsewhere, by which a rewritten chain is found later."""

from __future__ import annotations

import json
from dataclasses import dataclass

from app.core.audit.trail import canonical
from app.core.audit.verification import Anchor
from app.core.vault.signing import SIGNERS


@dataclass(frozen=True)
class Digest:
    """The head of the chain, and whose signature stands under it; `suite` names the algorithms."""

    anchor: Anchor
    suite: str
    signature: bytes

    def written(self) -> str:
        """As it lies in a file."""
        said = {"at": self.anchor.at, "head": self.anchor.head, "seq": self.anchor.seq, "suite": self.suite}
        return json.dumps(said | {"signature": self.signature.hex()}, indent=1) + "\n"

    def holds(self, public: bytes) -> bool:
        """Whether the holder of that key signed it; the suite stands in what is signed."""
        return SIGNERS[self.suite].verify(public, _message(self.anchor, self.suite), self.signature)


def signed(anchor: Anchor, suite: str, private: bytes) -> Digest:
    """The digest of this head."""
    return Digest(anchor, suite, SIGNERS[suite].sign(private, _message(anchor, suite)))


def read(text: str) -> Digest:
    """The digest in a file. Raises ValueError for a text that is none."""
    try:
        said = json.loads(text)
        anchor = Anchor(said["at"], int(said["seq"]), said["head"])
        digest = Digest(anchor, said["suite"], bytes.fromhex(said["signature"]))
    except (KeyError, TypeError) as error:
        raise ValueError("no digest") from error
    if digest.suite not in SIGNERS:
        raise ValueError("unknown suite")
    return digest


def _message(anchor: Anchor, suite: str) -> bytes:
    return canonical({"at": anchor.at, "head": anchor.head, "seq": anchor.seq, "suite": suite}).encode()
