"""Who draws the lists that schools keep for themselves, who looks at them, who reads what was found (decision 49)."""

from __future__ import annotations

from app.core.policy.improvement import GROUP, OFFICE, Holders
from app.core.policy.scopes import OWN, SCHOOL, SCHOOLS

SAMPLING: dict[str, Holders] = {
    "sampling.check_list": {"inspector": OWN},
    "sampling.draw_sample": OFFICE,
    "sampling.view_checks": {
        **GROUP,
        **OFFICE,
        "inspector": (OWN, SCHOOLS),
        "principal": SCHOOL,
        "school_coordinator": SCHOOL,
    },
}
"""The office draws, inspectors look: who looks does not choose what to look at. Schools read what was found (decision 49)."""
AREAS = (SAMPLING,)
