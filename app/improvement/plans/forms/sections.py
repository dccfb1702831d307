"""The sections of a plan, one short form each: 目标 评价方式 任务 分工 保障 进度 论证 风险 经费."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.core.web.forms import Later
from app.improvement.plans.forms import options, persons
from app.improvement.plans.operations.plans import PlanIn
from app.improvement.plans.words import DESIGNS

LONG = Length(max=4000, message=_("最多 4000 个字"))
NUMBER = _("请写数字")


@dataclass(frozen=True)
class Measured:
    """What a plan's numbers are about: a rate is typed in percent and kept as a share."""

    rate: bool = False
    unit_word: str = ""
    has_data: bool = True
    """The baseline comes from the data and is not typed."""

    def shown(self, value: float | None) -> Decimal | None:
        """As people write it."""
        return None if value is None else Decimal(format(value * (100 if self.rate else 1), ".10g"))

    def kept(self, value: Decimal | None) -> float | None:
        """As it is stored."""
        return None if value is None else float(value) / (100 if self.rate else 1)


class SectionForm(FlaskForm):
    """A part of a plan; `version` is that of the page."""

    texts: ClassVar[tuple[str, ...]] = ()
    version = IntegerField(widget=HiddenInput())

    @classmethod
    def start(cls, plan: Any, measured: Measured) -> dict[str, Any]:
        """What the form shows of the plan."""
        return {name: getattr(plan, name) for name in cls.texts}

    def filled(self, held: PlanIn, measured: Measured) -> PlanIn:
        """The plan with this section as it was typed."""
        words = {name: (getattr(self, name).data or "").strip() for name in self.texts}
        return replace(held, **words, version=self.version.data)  # type: ignore[arg-type]


class GoalForm(SectionForm):
    """目标: the problem, what shall be reached, by when."""

    texts = ("problem", "goal")
    problem = TextAreaField(
        _("要解决的问题"),
        [InputRequired(_("请写明要解决的问题")), LONG],
        description=_("用本单位自己的话写，一两句即可"),
    )
    goal = TextAreaField(
        _("目标"), [Optional(), LONG], description=_("到什么时候、变成什么样。例：八年级进位加法错误率降到一成以下")
    )
    indicator_id = SelectField(_("指标"), [Optional()])
    baseline = DecimalField(_("基线"), [Optional()], places=None, description=_("整改前的数值"))
    baseline_sd = DecimalField(
        _("基线的标准差"),
        [Optional(), NumberRange(min=0, message=_("标准差不能小于 0"))],
        places=None,
        description=_("平均分类指标要写"),
    )
    target = DecimalField(_("目标值"), [Optional()], places=None)
    target_on = DateField(_("达成日期"), [Later()], description=_("不晚于本轮改进期的最后一天"))

    @classmethod
    def start(cls, plan: Any, measured: Measured) -> dict[str, Any]:
        """Numbers as people write them."""
        return {
            **super().start(plan, measured),
            "indicator_id": str(plan.indicator_id or ""),
            "baseline": measured.shown(plan.baseline),
            "baseline_sd": measured.shown(plan.baseline_sd),
            "target": measured.shown(plan.target),
            "target_on": plan.target_on,
        }

    def filled(self, held: PlanIn, measured: Measured) -> PlanIn:
        """Numbers as they are stored; where the data give the baseline it stays as it is."""
        made = replace(
            super().filled(held, measured), target=measured.kept(self.target.data), target_on=self.target_on.data
        )
        if measured.has_data:
            return made
        chosen = self.indicator_id.data
        return replace(
            made,
            indicator_id=uuid.UUID(chosen) if chosen else None,
            baseline=measured.kept(self.baseline.data),
            baseline_sd=measured.kept(self.baseline_sd.data),
        )


class EvaluationForm(SectionForm):
    """评价方式: fixed now, before the work begins (decision 41)."""

    design = RadioField(
        _("怎样判断有没有成效"), [InputRequired(_("请选定评价方式"))], description=_("现在选定，整改以后不能改")
    )
    criteria = TextAreaField(
        _("达标标准"), [Optional(), LONG], description=_("一行一条，能用“是”或“否”回答。只用于“按标准核验”")
    )
    min_effect = DecimalField(
        _("最小效应"),
        [Optional(), NumberRange(min=Decimal("0.2"), message=_("最小效应不能低于 0.20"))],
        description=_("标准差的倍数，至少 0.20；比这更小的变化不算成效"),
    )
    follow_up_on = DateField(_("复测（核验）日期"), [Later()], description=_("比问题项的完成期限至少早 30 天"))

    @classmethod
    def start(cls, plan: Any, measured: Measured) -> dict[str, Any]:
        """Criteria as lines."""
        return {
            "design": plan.design,
            "criteria": "\n".join(plan.criteria),
            "min_effect": None if plan.min_effect is None else Decimal(format(plan.min_effect, ".4g")),
            "follow_up_on": plan.follow_up_on,
        }

    def filled(self, held: PlanIn, measured: Measured) -> PlanIn:
        """Lines as criteria."""
        return replace(
            super().filled(held, measured),
            design=self.design.data,
            criteria=tuple(line.strip() for line in (self.criteria.data or "").splitlines() if line.strip()),
            min_effect=None if self.min_effect.data is None else float(self.min_effect.data),
            follow_up_on=self.follow_up_on.data,
        )

    def validate_criteria(self, field: Any) -> None:
        """A design by criteria needs some."""
        if self.design.data == "criterion" and not (field.data or "").strip():
            raise ValidationError(str(_("按标准核验要写出标准，一行一条")))


class TasksForm(SectionForm):
    """任务: the main tasks."""

    texts = ("tasks",)
    tasks = TextAreaField(_("主要任务"), [Optional(), LONG], description=_("分几条写清楚要做成哪几件事"))


class DivisionForm(SectionForm):
    """分工: one accountable person, and who does what."""

    texts = ("division",)
    owner_id = SelectField(
        _("总负责人"), [InputRequired(_("请选一名总负责人"))], description=_("对整份方案负责，只能是一个人")
    )
    division = TextAreaField(
        _("分工"), [Optional(), LONG], description=_("每项措施另有自己的负责人，这里写部门和年级之间怎样配合")
    )

    @classmethod
    def start(cls, plan: Any, measured: Measured) -> dict[str, Any]:
        """The person by id."""
        return {**super().start(plan, measured), "owner_id": str(plan.owner_id or "")}

    def filled(self, held: PlanIn, measured: Measured) -> PlanIn:
        """The person chosen."""
        return replace(super().filled(held, measured), owner_id=uuid.UUID(self.owner_id.data))


class AssuranceForm(SectionForm):
    """保障: time, people, rules and equipment that make the work possible."""

    texts = ("assurance",)
    assurance = TextAreaField(_("保障"), [Optional(), LONG], description=_("时间、人员、制度、设备由谁保证"))


class ScheduleForm(SectionForm):
    """进度: the order of the work."""

    texts = ("schedule",)
    schedule = TextAreaField(
        _("进度安排"), [Optional(), LONG], description=_("各项措施的起止日期和节点在“措施”里填，这里写总的安排")
    )


class ArgumentationForm(SectionForm):
    """论证: who discussed the plan, when, with what result."""

    texts = ("argumentation",)
    argumentation = TextAreaField(
        _("论证"), [Optional(), LONG], description=_("什么时候、请了谁、对方案提出了什么意见")
    )


class RisksForm(SectionForm):
    """风险: what may go wrong and what is done then."""

    texts = ("risks",)
    risks = TextAreaField(
        _("风险和应对"), [InputRequired(_("请写明风险和应对")), LONG], description=_("可能出什么问题，到时候怎么办")
    )


class FundsForm(SectionForm):
    """经费: planned, and where it comes from."""

    texts = ("budget_source",)
    budget_planned = DecimalField(
        _("专项经费"),
        [
            InputRequired(_("请写明专项经费，没有就写 0")),
            NumberRange(min=0, max=9999999999, message=_("请写 0 或更大的数")),
        ],
        description=_("没有就写 0"),
    )
    budget_source = StringField(_("经费来源"), [Optional(), Length(max=60, message=_("最多 60 个字"))])

    @classmethod
    def start(cls, plan: Any, measured: Measured) -> dict[str, Any]:
        """The sum."""
        return {**super().start(plan, measured), "budget_planned": plan.budget_planned}

    def filled(self, held: PlanIn, measured: Measured) -> PlanIn:
        """The sum planned."""
        return replace(super().filled(held, measured), budget_planned=self.budget_planned.data)


@dataclass(frozen=True)
class Section:
    """One line of the task list: its form, the guards that look at it, and whether the plan may do without."""

    name: str
    title: Any
    why: Any
    form: type[SectionForm] | None
    guards: tuple[str, ...] = ()

    @property
    def wanted(self) -> bool:
        """A plan without it cannot be submitted."""
        return bool(self.guards)


SECTIONS = (
    Section(
        "goal",
        _("目标"),
        _("问题、指标、目标值和日期"),
        GoalForm,
        ("problem_is_stated", "goal_is_set", "target_lies_ahead", "target_lies_in_the_cycle", "target_is_worth_it"),
    ),
    Section(
        "evaluation",
        _("评价方式"),
        _("整改之前就选定怎样判断成效"),
        EvaluationForm,
        ("design_fits", "measured_design_has_its_cell", "minimum_effect_is_meant", "effect_can_be_measured_in_time"),
    ),
    Section("tasks", _("任务"), _("主要任务，分条写"), TasksForm),
    Section(
        "measures",
        _("措施"),
        _("每条可控原因至少一项，写明负责人、起止日期和佐证标准"),
        None,
        ("every_cause_has_its_action", "every_action_has_its_owner"),
    ),
    Section("division", _("分工"), _("一名总负责人，谁配合谁"), DivisionForm, ("has_one_accountable_person",)),
    Section("assurance", _("保障"), _("时间、人员、制度、设备"), AssuranceForm),
    Section("schedule", _("进度"), _("总的时间安排"), ScheduleForm),
    Section("argumentation", _("论证"), _("谁讨论过、什么意见"), ArgumentationForm),
    Section("risks", _("风险"), _("可能出的问题和应对"), RisksForm, ("has_risks",)),
    Section("funds", _("经费"), _("专项经费和来源"), FundsForm, ("budget_is_stated",)),
)
BY_NAME: Mapping[str, Section] = {section.name: section for section in SECTIONS}


def fit(
    form: SectionForm, staff: list[tuple[uuid.UUID, str]], indicators: list[SelectChoice], designs: tuple[str, ...]
) -> None:
    """Give the choices of a section what this plan may choose from."""
    if isinstance(form, DivisionForm):
        form.owner_id.choices = persons(staff, str(_("请选择")))
    if isinstance(form, GoalForm):
        form.indicator_id.choices = [SelectChoice("", str(_("没有指标"))), *indicators]
    if isinstance(form, EvaluationForm):
        form.design.choices = options(DESIGNS, list(designs))
