"""Words of the register in both languages."""

from __future__ import annotations

from app.core.errors import Sentence

CAUSES: dict[str, Sentence] = {
    "alert": Sentence("当天要办的警报", "An alert of the day"),
    "level": Sentence("马上安排帮助", "Help at once"),
}
