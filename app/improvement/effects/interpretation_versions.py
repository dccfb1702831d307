"""The four versions of an interpretation, cut from one frozen data set: basic, analysis, by topic, public (mission row 83)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.small_cells import suppress
from app.improvement.effects.value_added import ABOVE, BELOW, SAME

Json = dict[str, Any]
ORDER = (BELOW, SAME, ABOVE)


def cut(county: Json, schools: Sequence[Json], least: int) -> dict[str, Json]:
    """What each audience gets of one reckoning.

    county: model, pupils (`n` of `rows`), coverage, groups, coefficients, reasons of the run. schools: lines in code
    order with code, name, n, coverage, effect, low, high, verdict. least: the smallest number in the public version.
    """
    counts = [sum(line["verdict"] == verdict for line in schools) for verdict in ORDER]
    unsaid = len(schools) - sum(counts)
    return {
        "basic": {"county": county, "schools": list(schools)},
        "analysis": {"county": county, "counts": dict(zip(ORDER, counts, strict=True)) | {"unsaid": unsaid}},
        "topic": {
            "county": county,
            "standing": {word: [line for line in schools if line["verdict"] == word] for word in (BELOW, ABOVE)},
        },
        "public": _public(county, counts, unsaid, least),
    }


PARTS = {"basic": "cells", "analysis": "indicators", "topic": "topics", "public": "indicators"}
"""Which part of a round's version each audience reads; schools' own packages go to the schools alone."""


def cut_round(snapshots: Mapping[str, Json], subject: str | None) -> dict[str, Json]:
    """What each audience gets of a round without a reckoning: its released versions, of the report's subject alone.

    snapshots: the round's versions by audience; small cells are left out of the public one already. subject: None for all.
    """
    return {
        audience: {
            "about": snapshots[audience]["about"],
            part: [line for line in snapshots[audience][part] if subject in (None, line["subject"])],
        }
        for audience, part in PARTS.items()
    }


def _public(county: Json, counts: Sequence[int], unsaid: int, least: int) -> Json:
    """No school, no coefficient that one school could turn; small numbers and what would give them away left out.

    All four counts are held back together, so that no one of them follows from the number of schools.
    """
    groups = sum(counts) + unsaid
    shown = suppress((*counts, unsaid), least) if groups >= least else [None] * (len(counts) + 1)
    return {
        "county": {
            "model": county["model"],
            "n": county["n"] if county["n"] >= least else None,
            "groups": groups if groups >= least else None,
            "coverage": round(county["coverage"], 2) if county["rows"] >= least else None,
        },
        "counts": dict(zip((*ORDER, "unsaid"), shown, strict=True)),
    }
