"""Form controls as the templates draw them: their attributes, and the faults of a refused form as one list."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

SHORT = frozenset(
    {"DateField", "DateTimeLocalField", "TimeField", "MonthField", "IntegerField", "DecimalField", "FloatField"}
)
KEYBOARDS = {"IntegerField": "numeric", "DecimalField": "decimal", "FloatField": "decimal", "TelField": "tel"}


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
        yield from (Fault(field.id, str(s)) for s in field.errors if not isinstance(s, (Mapping, list, tuple)))
    elif hasattr(field, "form") and hasattr(field.form, "_fields"):
        yield from (fault for inner in field.form for fault in _of_field(inner))
    else:
        yield from (Fault(_control(field), str(sentence)) for sentence in field.errors)


def is_group(field: Any) -> bool:
    """Whether a field is drawn as a set of radio buttons or ticks: each option is a control of its own."""
    widget = type(getattr(field, "widget", None)).__name__
    return hasattr(field, "iter_choices") and widget not in ("Select", "NoneType")


def _control(field: Any) -> str:
    return f"{field.id}-0" if is_group(field) else str(field.id)


def attributes(
    field: Any, classes: str, described_by: str, given: Mapping[str, Any] | None = None, counted: int = 0
) -> dict[str, Any]:
    """The attributes of one control: class by kind, keyboard, what describes it, whether refused, and those given."""
    found: dict[str, Any] = {}
    if classes:
        narrow = " short" if field.type in SHORT and "middle" not in classes else ""
        found["class"] = classes + narrow
    if described_by:
        found["aria-describedby"] = described_by
    if field.errors:
        found["aria-invalid"] = "true"
    if keyboard := KEYBOARDS.get(field.type):
        found["inputmode"] = keyboard
    if counted:
        found["data-count"] = counted
    return found | dict(given or {})
