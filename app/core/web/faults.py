"""The faults of a refused form as one list, for the summary at its top."""

from collections.abc import Iterator
from typing import Any, NamedTuple


class Fault(NamedTuple):
    """One thing to mend: the id of the control it belongs to, and the sentence that is also shown there."""

    target: str
    sentence: str


def faults(form: Any) -> list[Fault]:
    """Every fault of a WTForms form in the order of its fields, those of nested forms and lists included."""
    own = [Fault("", str(sentence)) for sentence in getattr(form, "form_errors", ())]
    return own + [fault for field in form for fault in _of_field(field)]


def _of_field(field: Any) -> Iterator[Fault]:
    if hasattr(field, "entries"):
        yield from (fault for entry in field.entries for fault in _of_field(entry))
        yield from (Fault(field.id, s) for s in field.errors if isinstance(s, str))
    elif hasattr(field, "form") and hasattr(field.form, "_fields"):
        yield from (fault for inner in field.form for fault in _of_field(inner))
    else:
        yield from (Fault(_control(field), str(sentence)) for sentence in field.errors)


def _control(field: Any) -> str:
    """A group of radio buttons or ticks has its id on the group; its first control takes the focus."""
    return (
        f"{field.id}-0"
        if hasattr(field, "iter_choices") and field.type in ("RadioField", "TickField")
        else str(field.id)
    )
