"""A draft beside what is saved: which version a page stands for, and what somebody saved after the draft was begun."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from wtforms import Field, Form


@dataclass(frozen=True)
class PutBack:
    """The draft that stands in a form: its name, the version it was written against ("" unknown), and what is saved now."""

    name: str
    against: str
    saved: Form

    @property
    def drop(self) -> str:
        """Where the draft is given up."""
        return url_for("drafts.forget", form=self.name)

    def is_behind(self, version: object) -> bool:
        """Whether the record, which is at `version` now, was saved after the draft was begun."""
        return version != "" and self.against != str(version)


def mark(form: Any, put_back: PutBack) -> None:
    """Note in the form that it shows a draft."""
    form.put_back = put_back


def put_back(form: Any) -> PutBack | None:
    """The draft that the form shows, if it does."""
    found: PutBack | None = getattr(form, "put_back", None)
    return found


def version_of(form: Any, version: object) -> object:
    """The version that a page sends along: of its draft, else that with which it was sent and refused, else of the record.

    What was written against an older version never borrows the newer one: sending it answers as any stale page does.
    """
    draft, sent = put_back(form), getattr(form, "version", None)
    if version == "":
        return ""
    if draft is not None:
        return draft.against if draft.against.isdecimal() else 0
    return sent.data if sent is not None and sent.raw_data and sent.data is not None else version


def saved_beside(form: Any) -> Iterator[tuple[str, str]]:
    """Label and saved text of each field in which the draft says something else."""
    draft = put_back(form)
    for field in draft.saved if draft is not None else ():
        shown = form[field.name] if field.name in form else None
        if shown is not None and _words(field, shown) != _words(shown, shown):
            yield field.label.text, _words(field, shown)


def _words(field: Field, shown: Field) -> str:
    """What a field says, in words; `shown` knows the names of the choices."""
    if field.type in ("HiddenField", "CSRFTokenField", "FileField", "MultipleFileField") or field.name == "version":
        return ""
    if hasattr(field, "entries"):
        own = list(shown.entries)
        return "\n".join(_words(one, own[at] if at < len(own) else one) for at, one in enumerate(field.entries))
    if hasattr(field, "form"):
        named = {one.short_name: one for one in shown.form}
        return "，".join(filter(None, (_words(one, named.get(one.short_name, one)) for one in field.form)))
    if hasattr(field, "choices"):
        chosen = field.data if isinstance(field.data, list) else [field.data]
        return "、".join(str(one.label) for one in shown.choices or () if one.value in chosen)
    told = field._value() if hasattr(field, "_value") else field.data
    return str("" if told is None else told).replace("\r\n", "\n").strip()
