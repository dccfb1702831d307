"""What stands beside a field that need not be filled now: the mark of its own rule, not of any other."""

from typing import Any

import pytest
from flask import Flask, render_template_string
from wtforms import StringField
from wtforms.validators import Optional

from app.core.web.forms import EitherOf, Later, VersionedForm, wanted


class _Form(VersionedForm):
    name = StringField("甲", [wanted("请写甲")])
    later = StringField("乙", [Later()])
    either = StringField("丙", [EitherOf()])
    free = StringField("丁", [Optional()])


@pytest.mark.parametrize(
    ("name", "mark"), [("name", ""), ("later", "提交前填"), ("either", "两项选一项"), ("free", "选填")]
)
def test_a_field_says_whether_and_when_it_has_to_be_filled(app: Flask, name: str, mark: str) -> None:
    drawn = "{% from '_parts/fields.html' import optional %}{{ optional(it) }}"
    with app.test_request_context():
        field: Any = _Form()[name]
        said = render_template_string(drawn, it=field)
    assert said == (f'<span class="optional">{mark}</span>' if mark else "")
