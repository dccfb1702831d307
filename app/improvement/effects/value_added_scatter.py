"""Before and after in cells, so that the picture shows how many and nobody can be told (decision 54)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.core.on_demand import on_demand
from app.improvement.effects.statistics.prediction import Line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = on_demand("numpy")

CELLS = 18


def scatter(pre: Floats, post: Floats, least: int) -> dict[str, Any]:
    """Counts on a grid with the line through all pupils; cells of fewer than `least` are left out and only summed.

    pre, post: (n,) without NaN. The edges of the grid are round numbers, never a pupil's own score.
    """
    if len(pre) < least or np.ptp(pre) == 0 or np.ptp(post) == 0:
        return {"cells": [], "hidden": len(pre), "line": None}
    across, up = _edges(pre), _edges(post)
    counts, _, _ = np.histogram2d(pre, post, bins=(across, up))
    cells = [
        [round(float(across[x : x + 2].mean()), 4), round(float(up[y : y + 2].mean()), 4), int(counts[x, y])]
        for x, y in np.argwhere(counts >= least).tolist()
    ]
    line = Line.through(pre, post)
    ends = [float(across[0]), float(across[-1])]
    return {
        "cells": cells,
        "hidden": len(pre) - sum(cell[2] for cell in cells),
        "line": [[round(end, 4), round(line.at(end), 4)] for end in ends],
    }


def _edges(values: Floats) -> Floats:
    """Edges of about `CELLS` equal cells at round places."""
    width = float(np.ptp(values)) / CELLS
    unit = 10.0 ** np.floor(np.log10(width))
    step = unit * min((m for m in (1, 2, 5, 10) if m * unit >= width), default=10)
    first = np.floor(values.min() / step) * step
    count = int(np.floor((values.max() - first) / step)) + 1
    return np.asarray(first + step * np.arange(count + 1), dtype=np.float64)
