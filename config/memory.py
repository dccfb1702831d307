"""How a web process keeps its memory: what was loaded stays as it is, and what requests leave behind is looked for seldom."""

import gc

YOUNG = 10_000
"""New objects after which what nobody holds any more is looked for; by the language's own 700 each page would be searched
several times, and hardly anything found."""


def settle() -> None:
    """Before the processes part: what was loaded so far is shared by all of them and never searched again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
