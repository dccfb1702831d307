"""The form of one measure: what, who, when, and which evidence it has to show."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DecimalField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.core.web.forms import Later
from app.improvement.plans.forms import options, persons
from app.improvement.plans.models import RemediationAction
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.operations.measures import ActionIn, CriterionIn
from app.improvement.plans.words import ACTION_KINDS

FEWEST_ROWS = 2


class CriterionForm(Form):
    """One line of evidence wanted."""

    text = StringField(_("佐证标准"), [Optional(), Length(max=200, message=_("最多 200 个字"))])
    minimum = IntegerField(_("最少"), [Optional(), NumberRange(min=0, message=_("最少写 0 或更大的数"))])
    maximum = IntegerField(_("最多"), [Optional(), NumberRange(min=1, message=_("最多写 1 或更大的数"))])

    def validate_maximum(self, field: Any) -> None:
        """The most is not under the fewest, nor over what the county allows."""
        most = plan_numbers().criterion_most
        if field.data is not None and self.minimum.data is not None and field.data < self.minimum.data:
            raise ValidationError(gettext("最多不能少于最少"))
        if field.data is not None and field.data > most:
            raise ValidationError(gettext("一条标准最多收 %(n)s 份", n=most))


class MilestoneForm(Form):
    """A point on the way."""

    title = StringField(_("节点"), [Optional(), Length(max=80, message=_("最多 80 个字"))])
    due_on = DateField(_("日期"), [Optional()])

    def validate_due_on(self, field: Any) -> None:
        """A point on the way has a name and a day."""
        if (self.title.data or "").strip() and field.data is None:
            raise ValidationError(gettext("请写这个节点在哪一天"))


class MeasureForm(FlaskForm):
    """One measure with one owner of the own unit."""

    version = IntegerField(widget=HiddenInput())
    title = StringField(
        _("做什么"),
        [InputRequired(_("请写明这项措施做什么")), Length(max=120, message=_("最多 120 个字"))],
        description=_("一句话，例：分层练习与错因台账"),
    )
    cause_id = SelectField(_("针对哪条原因"), [Optional()])
    kind = SelectField(_("类别"), [Optional()])
    topic_id = SelectField(_("培训专题"), [Optional()], description=_("类别是培训的措施才选"))
    owner_id = SelectField(_("负责人"), [Later()], description=_("本单位的一个人"))
    helpers = StringField(_("协助"), [Optional(), Length(max=200)], description=_("几个名字用顿号分开"))
    description = TextAreaField(_("怎么做"), [Optional(), Length(max=4000, message=_("最多 4000 个字"))])
    planned_start = DateField(_("开始"), [Later()])
    planned_end = DateField(_("结束"), [Later()])
    budget_planned = DecimalField(_("经费"), [Optional(), NumberRange(min=0, message=_("请写 0 或更大的数"))])
    criteria = FieldList(FormField(CriterionForm), min_entries=FEWEST_ROWS)
    milestones = FieldList(FormField(MilestoneForm), min_entries=FEWEST_ROWS)

    def offer(self, causes: list[Any], staff: list[tuple[uuid.UUID, str]], topics: Sequence[Any] = ()) -> None:
        """Give the choices what this plan may choose from."""
        self.owner_id.choices = persons(staff, gettext("还没有定"))
        self.kind.choices = options(ACTION_KINDS)
        listed = [SelectChoice(str(one.id), f"{one.theme}：{one.title}") for one in topics]
        self.topic_id.choices = [SelectChoice("", gettext("不写专题")), *listed]
        none = SelectChoice("", gettext("不针对某一条"))
        self.cause_id.choices = [none, *(SelectChoice(str(cause.id), cause.statement[:60]) for cause in causes)]

    def validate_planned_end(self, field: Any) -> None:
        """The end does not lie before the start."""
        if field.data is not None and self.planned_start.data is not None and field.data < self.planned_start.data:
            raise ValidationError(gettext("结束日期早于开始日期"))

    def given(self) -> ActionIn:
        """What the operation takes."""
        return ActionIn(
            title=self.title.data or "",
            owner_id=uuid.UUID(self.owner_id.data) if self.owner_id.data else None,
            kind=self.kind.data or "teaching",
            description=(self.description.data or "").strip(),
            topic_id=uuid.UUID(self.topic_id.data) if self.topic_id.data else None,
            cause_id=uuid.UUID(self.cause_id.data) if self.cause_id.data else None,
            planned_start=self.planned_start.data,
            planned_end=self.planned_end.data,
            helpers=tuple(
                name.strip() for name in (self.helpers.data or "").replace("，", "、").split("、") if name.strip()
            ),
            budget_planned=self.budget_planned.data,
            criteria=tuple(self._criteria()),
            milestones=tuple(
                ((row["title"] or "").strip(), row["due_on"])
                for row in self.milestones.data
                if (row["title"] or "").strip() and row["due_on"]
            ),
            version=self.version.data,
        )

    def _criteria(self) -> list[CriterionIn]:
        usual = plan_numbers()
        found = []
        for row in self.criteria.data:
            if (row["text"] or "").strip():
                minimum = usual.criterion_minimum if row["minimum"] is None else row["minimum"]
                maximum = max(minimum, usual.criterion_maximum) if row["maximum"] is None else row["maximum"]
                found.append(CriterionIn(row["text"].strip(), minimum, max(minimum, maximum)))
        return found


def start_of(action: RemediationAction) -> dict[str, Any]:
    """What the form shows of a measure."""
    return {
        "version": action.version,
        "title": action.title,
        "cause_id": str(action.cause_id or ""),
        "kind": action.kind,
        "topic_id": str(action.topic_id or ""),
        "owner_id": str(action.owner_id or ""),
        "helpers": "、".join(action.helpers),
        "description": action.description,
        "planned_start": action.planned_start,
        "planned_end": action.planned_end,
        "budget_planned": action.budget_planned,
        "criteria": [{"text": c.text, "minimum": c.minimum, "maximum": c.maximum} for c in action.criteria],
        "milestones": [{"title": m.title, "due_on": m.due_on} for m in action.milestones],
    }
