"""Asking before a step is taken: the same page for every record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, abort

from app.core.casework.choices import choice
from app.core.web.chips import word
from app.core.web.current import current_actor
from app.core.web.pages import page


@dataclass(frozen=True)
class Ask:
    """How a step is asked: what follows, its form and its operation; `at_once` needs no page that asks first."""

    consequence: Any
    form: Callable[..., Any]
    operation: Any
    done: Any
    icon: str = "check"
    at_once: bool = False


def step_page(template: str, action: str, found: Any, name: str, ask: Ask, form: Any, status: int = 200) -> Response:
    """What the step leads to, or what its form was refused for; 409 where nobody offers it now."""
    code = name.replace("-", "_")
    offer = choice(current_actor(), found, code)
    if offer is None and status == 200:
        abort(409)
    return page(
        template, status, one=found, ask=ask, form=form, verb=word(found.workflow.step(code)), action=action,
        missing=offer.missing if offer else (), back_url=found.address,
    )  # fmt: skip
