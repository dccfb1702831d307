"""The virus scanner of the settings, spoken to over its socket; nothing found means passed, no answer means wait."""

import socket
import struct
from typing import Protocol

CHUNK = 1 << 20


class ScannerAway(Exception):
    """The scanner does not answer or cannot judge; what it should have seen stays in quarantine."""


class Scanner(Protocol):
    """Judges the content of a file."""

    def passes(self, content: bytes) -> bool:
        """False when something was found; raises ScannerAway."""


class Clamd:
    """A running clamd. address: path of its socket, or host:port."""

    def __init__(self, address: str, seconds: float = 60) -> None:
        self.address = address
        self.seconds = seconds

    def passes(self, content: bytes) -> bool:
        """Send the content as a stream and read the verdict."""
        try:
            with self._connected() as line:
                line.sendall(b"zINSTREAM\0")
                for start in range(0, len(content), CHUNK):
                    part = content[start : start + CHUNK]
                    line.sendall(struct.pack(">I", len(part)) + part)
                line.sendall(struct.pack(">I", 0))
                verdict = self._answer(line)
        except OSError as error:
            raise ScannerAway(type(error).__name__) from None
        if verdict.endswith(b" OK"):
            return True
        if verdict.endswith(b" FOUND"):
            return False
        raise ScannerAway(verdict[-60:].decode("ascii", "replace"))

    def _connected(self) -> socket.socket:
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdigit():
            return socket.create_connection((host.strip("[]"), int(port)), self.seconds)
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(self.seconds)
        try:
            line.connect(self.address)
        except OSError:
            line.close()
            raise
        return line

    def _answer(self, line: socket.socket) -> bytes:
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < 4096:
            part = line.recv(4096)
            if not part:
                break
            answer += part
        return answer.rstrip(b"\0\n")
