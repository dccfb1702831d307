"""A form may hold what its page reads and nothing else: keys that nobody has read when a deed begins are refused (security 27).

Which keys a page takes is not written down a second time: a form's own fields, and what a route reads by name, are noted as
they are read. What is left over then was put in by hand.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import support
from flask import Request, has_request_context, request
from flask_babel import get_locale
from werkzeug.datastructures import ImmutableMultiDict
from wtforms.i18n import messages_path

from app.core.errors import Invalid, Sentence
from app.core.web import plurals

EVERYWHERE = frozenset({"csrf_token", "factor_code", "version", "then"})
"""Keys that any form may carry: who sent it, a fresh code, the version of the page, where to go afterwards."""
BEFORE_THE_FORM = frozenset({"sign_in.confirmed_again"})
SHOWN = 40


class Typed(ImmutableMultiDict[str, Any]):
    """What a form sent, and which of its keys were asked for."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.read = set(EVERYWHERE)

    def __getitem__(self, key: str) -> Any:
        self.read.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)

    def get(self, key: str, *rest: Any, **more: Any) -> Any:
        """As any mapping; the key counts as read."""
        self.read.add(key)
        return super().get(key, *rest, **more)

    def getlist(self, key: str, *rest: Any, **more: Any) -> list[Any]:
        """Every value of the key, which counts as read."""
        self.read.add(key)
        return super().getlist(key, *rest, **more)

    @property
    def unread(self) -> list[str]:
        """Keys that came and that nobody asked for."""
        return sorted(set(self.keys()) - self.read)


class FormRequest(Request):
    """A request whose form notes what is read of it."""

    parameter_storage_class = Typed

    @property
    def wtforms_translations(self) -> Any:
        """Where Flask-WTF looks for the sentences of its fields before it would read their catalogue from the disk."""
        return _sentences(plurals.language())


@cache
def _sentences(language: str) -> Any:
    return support.Translations.load(messages_path(), [get_locale()], domain="wtforms")


def refuse_unread(step: str) -> None:
    """Raises Invalid when the form of this request holds keys that nobody has asked for; called as a deed begins.

    The step-up of a form's owner is a deed of its own, before the page reads the form.
    """
    if step in BEFORE_THE_FORM or not has_request_context() or request.method != "POST":
        return
    form = request.form
    unread = form.unread if isinstance(form, Typed) else []
    if unread:
        names = "、".join(name[:SHOWN] for name in unread)
        raise Invalid(
            unread[0],
            Sentence(
                f"表单里有这一页没有的项：{names}。请回到原来的页面重新填写",
                f"The form holds fields that this page does not have: {names}. Go back to the page and fill it in again.",
            ),
        )
