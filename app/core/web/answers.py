"""How a form that was sent is answered: carried out and on to the record, or drawn again with what was typed and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.core.web.pages import say


def carried_out(form: Any, act: Callable[[], Any]) -> bool:
    """Validate the form and carry the deed out; False when either refuses, the sentences then stand at their fields.

    Missing conditions, a newer version and a missing right are no matter of the form: they become pages of their own.
    """
    if not form.validate():
        return False
    try:
        act()
    except Invalid as refused:
        for name, sentence in refused.sentences.items():
            _mark(form, name, say(sentence))
        return False
    return True


def _mark(form: Any, name: str, sentence: str) -> None:
    fields = {field.name.removesuffix("_id"): field for field in form}
    field = fields.get(name.removesuffix("_id"))
    if field is None:
        form.form_errors = [*form.form_errors, sentence]
    else:
        field.errors = [*field.errors, sentence]


def onward(address: str, said: str = "") -> Response:
    """To the record, with a line about what was done."""
    if said:
        flash(said)
    return redirect(address, 303)
