"""What is saved beside a draft: in words, and only where the two differ."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice

from app.core.web.beside import PutBack, mark, saved_beside


class Row(Form):
    what = StringField("做什么")
    how_many = StringField("几份")


class Sheet(Form):
    text = TextAreaField("正文")
    same = TextAreaField("没有变的")
    unit = SelectField("单位", choices=[SelectChoice("a", "城关中学"), SelectChoice("b", "水头小学")])
    ticks = SelectMultipleField("哪些", choices=[SelectChoice("1", "一"), SelectChoice("2", "二")])
    rows = FieldList(FormField(Row), label="标准")


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def test_each_kind_of_field_is_told_in_words_where_the_draft_differs() -> None:
    saved = Sheet(
        data={
            "text": "后来保存的", "same": "一行\r\n两行", "unit": "b", "ticks": ["1", "2"],
            "rows": [{"what": "听课", "how_many": "3"}, {"what": "评课", "how_many": "1"}],
        }
    )  # fmt: skip
    typed = {
        "text": "草稿",
        "same": "一行\n两行",
        "unit": "a",
        "ticks": "1",
        "rows-0-what": "听课",
        "rows-0-how_many": "2",
    }
    form = Sheet(MultiDict(typed))
    mark(form, PutBack("sheet", "3", saved))
    assert list(saved_beside(form)) == [
        ("正文", "后来保存的"),
        ("单位", "水头小学"),
        ("哪些", "一、二"),
        ("标准", "听课，3\n评课，1"),
    ]


def test_a_form_without_a_draft_has_nothing_beside_it() -> None:
    assert not list(saved_beside(Sheet(data={"text": "保存的"})))
