"""Making millions of small objects in one go, and having the system get back what they took."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM = getattr(ctypes.CDLL(None), "malloc_trim", None)
"""The GNU C library keeps what was freed; others have no such call."""


@contextmanager
def no_cycle_hunt() -> Iterator[None]:
    """Hold the cycle collector while cells are made: its hunt costs time and finds nothing; reference counting goes on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def give_back() -> None:
    """Give the system back what was freed: a web process that once read a large file does not stay large."""
    if _TRIM is not None:
        _TRIM(0)
