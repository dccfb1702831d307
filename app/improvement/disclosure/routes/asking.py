"""A step that asks before it is done: what it leads to, with a reason where one is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for

from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor
from app.core.web.offers import Way
from app.core.web.pages import page
from app.improvement.disclosure.operations.disclosures import DisclosureStep
from app.improvement.effects.forms.closures import PressForm, ReasonForm


@dataclass(frozen=True)
class Ask:
    """What a step is asked with."""

    title: Any
    consequence: Any
    keep: Any
    done: Any
    operation: Any
    icon: str
    reason: bool = False
    danger: bool = False


@dataclass(frozen=True)
class Asking:
    """The steps of one kind of record: their questions, where they are asked, and the list it stands in."""

    asks: Mapping[str, Ask]
    endpoint: str
    list_name: Any
    list_endpoint: str

    def ways(self, record: Any) -> dict[str, Way]:
        """Where the buttons of the record lead."""
        return {
            name.replace("-", "_"): Way(
                url_for(self.endpoint, ref=record.ref, name=name), ask.icon, danger=ask.danger, quiet=ask.danger
            )
            for name, ask in self.asks.items()
        }

    def question(self, record: Any, name: str) -> Response:
        """What the step leads to. Raises NotFound for a step that nobody asks for here."""
        ask = self._ask(name)
        form = (ReasonForm if ask.reason else PressForm)(formdata=None, version=record.version)
        return self._page(record, name, form)

    def answer(self, record: Any, name: str) -> Any:
        """Take the step, or ask again with what was wrong."""
        ask, actor = self._ask(name), current_actor()
        form: Any = ReasonForm() if ask.reason else PressForm()
        given = DisclosureStep(form.version.data, form.reason.data if ask.reason else None)
        if carried_out(form, lambda: ask.operation(actor, record, given)):
            return onward(record.address, str(ask.done))
        return self._page(record, name, form, 422)

    def _ask(self, name: str) -> Ask:
        if name not in self.asks:
            raise NotFound("step", name)
        return self.asks[name]

    def _page(self, record: Any, name: str, form: Any, status: int = 200) -> Response:
        ask, code = self.asks[name], name.replace("-", "_")
        offered = choice(current_actor(), record, code)
        declared = record.workflow.step(code)
        return page(
            "improvement/disclosure/step.html",
            status,
            record=record,
            crumbs=[
                (str(self.list_name), url_for(self.list_endpoint)),
                (word(record.named), record.address),
                (word(declared), ""),
            ],
            ask=ask,
            verb=word(declared),
            form=form,
            action=url_for(self.endpoint, ref=record.ref, name=name),
            missing=offered.missing if offered else (),
            back_url=record.address,
        )
