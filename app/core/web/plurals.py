"""One row, two rows: Chinese has one form for any number, so the catalogue of another language holds the others.

A sentence that counts says how many in `%(n)s`. Its English may have a form for one and a form for many (an entry with
`msgid_plural`); the number given as `n` chooses between them. Nothing changes at the call: `_("%(n)s 行", n=rows)`.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import Babel, Domain, get_translations
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

SEVERAL = 2


def how_many(n: object) -> int:
    """The number that was given, also as grouped digits ("1,204"); anything else, such as "3–5", is several."""
    if isinstance(n, int):
        return n
    digits = str(n).replace(",", "")
    return int(digits) if digits.isdecimal() else SEVERAL


def form_of(translations: Any, words: str, variables: dict[str, Any]) -> str:
    """The translation of `words` for `variables["n"]`, its blanks still open; without a translation `words`."""
    if "n" in variables:
        fitting = translations.ungettext(words, words, how_many(variables["n"]))
        if fitting != words:
            return str(fitting)
    return str(translations.ugettext(words))


class CountingDomain(Domain):  # type: ignore[misc]
    """The messages of Flask-Babel, with the form that fits the number."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The translated sentence with its blanks filled."""
        words = form_of(self.get_translations(), string, variables)
        return words % variables if variables else words


@pass_context
def _said(context: Context, string: str, **variables: Any) -> str:
    words = form_of(get_translations(), string, variables)
    return (Markup(words) if context.eval_ctx.autoescape else words) % variables


def speak(app: Flask, **settings: Any) -> None:
    """Give the application its languages: in Python, in forms and in templates the same sentence has the same form."""
    babel = Babel(app, **settings)
    babel.domain_instance = CountingDomain(domain=app.extensions["babel"].default_domain)
    app.jinja_env.globals.update(_=_said, gettext=_said)
