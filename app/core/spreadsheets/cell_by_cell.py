"""Making millions of small objects in one go: the hunt for cycles among them only costs time and finds nothing."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_GIVE_BACK = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""The GNU C library keeps what was freed; others have no such call."""


@contextmanager
def no_cycle_hunt() -> Iterator[None]:
    """Hold the cycle collector while cells are made; reference counting goes on as ever.

    Afterwards the system gets back what was freed: a web process that once read a large file does not stay large.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
            if _GIVE_BACK is not None:
                _GIVE_BACK(0)
