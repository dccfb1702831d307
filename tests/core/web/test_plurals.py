"""One row, two rows: the number given chooses the English form, in Python, in forms and on pages; Chinese has one."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, gettext, lazy_gettext
from markupsafe import Markup

from app.core.web.plurals import how_many
from workflows.wording import plural

ROWS = "新增 %(n)s 行"
ON_A_PAGE = "{{ _('新增 %(n)s 行', n=n) }}"


@pytest.mark.parametrize(
    ("n", "english"),
    [
        (0, "0 rows added"),
        (1, "1 row added"),
        (2, "2 rows added"),
        ("1", "1 row added"),
        ("1,201", "1,201 rows added"),
        ("1–3", "1–3 rows added"),
    ],
)
def test_the_number_chooses_the_english_form(app: Flask, n: int | str, english: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert gettext(ROWS, n=n) == english
        assert str(lazy_gettext(ROWS, n=n)) == english
        assert render_template_string(ON_A_PAGE, n=n) == english


def test_chinese_has_one_form(app: Flask) -> None:
    with app.test_request_context(), force_locale("zh"):
        assert [gettext(ROWS, n=n) for n in (1, 2)] == ["新增 1 行", "新增 2 行"]
        assert render_template_string(ON_A_PAGE, n=1) == "新增 1 行"


def test_what_is_put_into_a_sentence_of_a_page_is_escaped(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert render_template_string(ON_A_PAGE, n="<b>") == "&lt;b&gt; rows added"
        assert render_template_string(ON_A_PAGE, n=Markup("<b>1</b>")) == "<b>1</b> rows added"


def test_a_sentence_with_one_form_is_said_with_a_number_too(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert gettext("还有 %(n)s 分钟", n=1) == "1 min left"


def test_code_that_writes_both_languages_counts_as_well() -> None:
    assert [plural(n, "working day") for n in (0, 1, 2)] == ["0 working days", "1 working day", "2 working days"]
    assert plural(2, "entry", "entries") == "2 entries"


def test_grouped_digits_are_a_number_and_a_range_is_several() -> None:
    assert [how_many(n) for n in (1, "1,204", "3–5", None)] == [1, 1204, 2, 2]
