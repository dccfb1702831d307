"""A piece of the demo that is told by a process of its own while the rest goes on: two cores, two storytellers."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable

from app.core.database import db
from app.core.servers.processes import end_with_parent


def tell_beside(piece: Callable[[], None]) -> Callable[[], None]:
    """Begin `piece` in a child of this process; the answer waits for its end and raises RuntimeError where it failed.

    Neither shares a connection with the other; the child goes when we go. Call it while no other thread runs.
    """
    db.session.rollback()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    parent, child = os.getpid(), os.fork()
    if child == 0:
        _be(parent, piece)

    def wait() -> None:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if code != 0:
            raise RuntimeError(f"the part of the demo that was told beside ended with {code}")

    return wait


def _be(parent: int, piece: Callable[[], None]) -> None:
    """In the child; nothing of the parent's program goes on here."""
    code = 1
    try:
        end_with_parent(parent, signal.SIGTERM)
        db.engine.dispose(close=False)
        db.session.expunge_all()
        piece()
        db.session.close()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)
