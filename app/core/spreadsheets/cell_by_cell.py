"""Making millions of small objects in one go: the hunt for cycles among them only costs time and finds nothing."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_cycle_hunt() -> Iterator[None]:
    """Hold the cycle collector while cells are made; reference counting goes on as ever."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
