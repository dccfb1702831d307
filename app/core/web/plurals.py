"""One row, two rows: Chinese has one form for any number, so the catalogue of another language holds the others.

A sentence that counts says how many in `%(n)s`. Its English may have a form for one and a form for many (an entry with
`msgid_plural`); the number given as `n` chooses between them. Nothing changes at the call: `_("%(n)s 行", n=rows)`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import Babel, Domain, get_locale, get_translations
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


def language() -> str:
    """ "zh" or "en" as it is in force now; Chinese outside of a request, where letters say their own language.

    Flask-Babel keeps the locale with the request; asking it for every word cost a page more than drawing the word.
    """
    try:
        locale = g._get_current_object().__dict__["_flask_babel"].__dict__["babel_locale"]
    except (RuntimeError, KeyError):
        locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "zh"


@lru_cache(maxsize=8192)
def _without_number(language: str, words: str) -> str:
    """What a sentence that counts nothing is called in a language; the catalogue does not change while we run."""
    return form_of(get_translations(), words, {})


@lru_cache(maxsize=8192)
def _drawn(language: str, words: str) -> Markup:
    """The same where a template draws it and no blank is to be filled."""
    return Markup(_without_number(language, words)) % {}


class CountingDomain(Domain):  # type: ignore[misc]
    """The messages of Flask-Babel, with the form that fits the number."""

    def gettext(self, string: str, **variables: Any) -> str:
        """The translated sentence with its blanks filled."""
        if "n" in variables:
            words = form_of(self.get_translations(), string, variables)
        else:
            words = _without_number(language(), str(string))
        return words % variables if variables else words


@pass_context
def _said(context: Context, string: str, **variables: Any) -> str:
    if not variables and context.eval_ctx.autoescape:
        return _drawn(language(), str(string))
    if "n" in variables:
        words = form_of(get_translations(), string, variables)
    else:
        words = _without_number(language(), str(string))
    return (Markup(words) if context.eval_ctx.autoescape else words) % variables


def speak(app: Flask, **settings: Any) -> None:
    """Give the application its languages: in Python, in forms and in templates the same sentence has the same form."""
    babel = Babel(app, **settings)
    babel.domain_instance = CountingDomain(domain=app.extensions["babel"].default_domain)
    app.jinja_env.globals.update(_=_said, gettext=_said)
