"""Controls of forms: what a refused form says, and which attributes each control carries."""

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from app.core.web.controls import Fault, attributes, faults, is_group


class Row(Form):
    name = StringField("姓名", [InputRequired("请写姓名")])


class Sheet(Form):
    title = StringField("标题", [InputRequired("请写标题")])
    kind = RadioField("类别", [InputRequired("请选一类")], choices=[SelectChoice("a", "甲"), SelectChoice("b", "乙")])
    school = SelectField("学校", choices=[SelectChoice("1", "城关第一小学")])
    count = IntegerField("人数")
    leader = FormField(Row)
    members = FieldList(FormField(Row), min_entries=1)

    def validate_count(self, field: IntegerField) -> None:
        if field.data and field.data > 60:
            raise ValidationError("一个班最多 60 人")


@pytest.fixture
def refused() -> Sheet:
    sheet = Sheet(MultiDict({"school": "1", "count": "66"}))
    assert not sheet.validate()
    return sheet


def test_the_summary_names_every_fault_in_the_order_of_the_form(refused: Sheet) -> None:
    assert faults(refused) == [
        Fault("title", "请写标题"),
        Fault("kind-0", "请选一类"),
        Fault("count", "一个班最多 60 人"),
        Fault("leader-name", "请写姓名"),
        Fault("members-0-name", "请写姓名"),
    ]


def test_every_fault_leads_to_a_control_that_is_there(refused: Sheet) -> None:
    controls = [inner for field in refused for inner in ([*field] if is_group(field) else [field])]
    drawn = [str(control()) for control in controls]  # nested forms draw their own controls
    assert [fault.target for fault in faults(refused) if f'id="{fault.target}"' not in "".join(drawn)] == []


def test_faults_of_the_whole_form_come_first(refused: Sheet) -> None:
    refused.form_errors = ["开始日期在结束日期之后"]
    assert faults(refused)[0] == Fault("", "开始日期在结束日期之后")


def test_a_refused_control_says_so_and_names_its_hint(refused: Sheet) -> None:
    given = attributes(refused.count, "form-control", "count-hint count-fault", {"autocomplete": "off"})
    assert given == {
        "class": "form-control short",
        "aria-describedby": "count-hint count-fault",
        "aria-invalid": "true",
        "inputmode": "numeric",
        "autocomplete": "off",
    }


def test_what_the_template_gives_wins(refused: Sheet) -> None:
    assert attributes(refused.school, "form-select", "", {"class": "form-select middle"}) == {
        "class": "form-select middle"
    }


def test_radio_buttons_are_a_group_and_a_list_to_choose_from_is_not(refused: Sheet) -> None:
    assert is_group(refused.kind)
    assert not is_group(refused.school)
    assert not is_group(refused.title)
