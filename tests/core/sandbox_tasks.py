"""What the sandbox tests let a child do."""

import os
import resource
import signal
import socket
import time

READY_AT = 0.0


def prepare() -> None:
    """Called once in the server."""
    global READY_AT
    READY_AT = time.monotonic()


def echo(payload: bytes) -> bytes:
    """The payload, backwards."""
    return payload[::-1]


def ready_at(payload: bytes) -> bytes:
    """When the server was prepared."""
    return str(READY_AT).encode()


def environment(payload: bytes) -> bytes:
    """Names and values of the environment."""
    return "\n".join(f"{name}={value}" for name, value in os.environ.items()).encode()


def misbehave(payload: bytes) -> bytes:
    """Whatever the payload asks for."""
    match payload:
        case b"raise":
            raise ValueError("金丝雀4711")
        case b"spin":
            while True:
                pass
        case b"sleep":
            time.sleep(60)
        case b"sleep while deaf":
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            time.sleep(60)
        case b"eat":
            return bytes(resource.getrlimit(resource.RLIMIT_DATA)[0] * 2)
        case b"die":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"fill":
            with open("big", "wb") as file:
                file.write(b"x" * 3_000_000)
    return b"survived"


def call(payload: bytes) -> bytes:
    """The network this process sits in, and whether a listener on this machine can be reached from there."""
    with socket.socket() as line:
        line.settimeout(2)
        reached = line.connect_ex(("127.0.0.1", int(payload))) == 0
    return f"{os.readlink('/proc/self/ns/net')} {reached}".encode()
