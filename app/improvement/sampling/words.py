"""Words of the checks of schools' own lists."""

from __future__ import annotations

import math

from app.core.errors import Sentence

ANSWERS = {
    "holds": Sentence("属实", "Holds"),
    "fails": Sentence("不属实", "Does not hold"),
    "left_out": Sentence("这次没看", "Not looked at"),
}
LOOKS = {"holds": "done", "fails": "late", "left_out": "idle"}
KINDS = {"chance": Sentence("随机抽取", "Drawn by chance"), "hand": Sentence("另加", "Added by hand")}


def percent(share: float | None) -> str:
    """12.5%, never rounded up over the tenth."""
    return "—" if share is None else f"{math.floor(share * 1000) / 10:g}%"
