"""What an operation refused of a form, shown at its field; everything typed stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.core.errors import Invalid
from app.core.web.pages import say


@contextmanager
def told_in(form: Any) -> Iterator[None]:
    """Invalid of an operation becomes faults of the form, at the field it names or above all of them."""
    try:
        yield
    except Invalid as invalid:
        mark(form, invalid)


def mark(form: Any, invalid: Invalid) -> None:
    """Put the sentences at their fields."""
    for name, sentence in invalid.sentences.items():
        field = getattr(form, name, None) if name else None
        if field is not None and hasattr(field, "errors"):
            field.errors = [*field.errors, say(sentence)]
        else:
            form.form_errors = [*form.form_errors, say(sentence)]
