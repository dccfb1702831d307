"""Asking before a step is taken: the same page for every record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, url_for

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor
from app.core.web.offers import Way
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


class Asking:
    """The questions of one kind of record: the buttons that lead to them, the page of each, and its answer."""

    def __init__(
        self,
        questions: Mapping[str, Ask],
        template: str,
        ask_at: str,
        take_at: str,
        shown: Callable[[Any, str], bool] = lambda found, name: True,
    ) -> None:
        """`template` draws a question; `ask_at`, `take_at` are the endpoints of asking and taking; `shown`: whether the
        record at hand has the button of that name at all."""
        self.questions, self.template, self.ask_at, self.take_at, self.shown = (
            questions,
            template,
            ask_at,
            take_at,
            shown,
        )

    def ways(self, found: Any) -> dict[str, Way]:
        """Where the buttons of a record lead."""
        return {
            name.replace("-", "_"): Way(url_for(self.ask_at, ref=found.ref, name=name), ask.icon)
            for name, ask in self.questions.items()
            if self.shown(found, name)
        }

    def known(self, name: str) -> Ask:
        """The question of a step. Raises NotFound for a step that nobody asks for here."""
        if name not in self.questions:
            raise NotFound("step", name)
        return self.questions[name]

    def ask(self, found: Any, name: str) -> Response:
        """Ask before it is done."""
        return self._page(found, name, self.known(name).form(formdata=None, version=found.version))

    def take(self, found: Any, name: str) -> Any:
        """Take the step, or ask again with what was wrong."""
        question, actor = self.known(name), current_actor()
        form = question.form()
        if carried_out(form, lambda: question.operation(actor, found, form.given())):
            return onward(found.address, str(question.done))
        return self._page(found, name, form, 422)

    def _page(self, found: Any, name: str, form: Any, status: int = 200) -> Response:
        action = url_for(self.take_at, ref=found.ref, name=name)
        return step_page(self.template, action, found, name, self.known(name), form, status)
