"""Forms of rounds: what a round says of itself, its indicators, an indicator, the reconciliation, the release."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FloatField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from app.improvement.monitoring.forms.choices import (
    LONGEST_TEXT,
    MoveForm,
    Ticks,
    known,
    lines_of,
    options,
)
from app.improvement.monitoring.models.facts import AUDIENCES
from app.improvement.monitoring.operations import (
    CycleIn,
    IndicatorIn,
    IndicatorSet,
    ReleaseIn,
    VerifyIn,
)
from app.improvement.monitoring.words import (
    BENCHMARKS,
    COVERAGES,
    DIRECTIONS,
    DOMAINS,
    EVALUATION_TYPES,
    GRADES,
    LEVELS,
    OBJECTS,
    STAGES,
    SUBJECTS,
    VALUE_TYPES,
)


class CycleForm(MoveForm):
    """What describes a round."""

    name = StringField(
        _("监测名称"),
        [InputRequired(_("请写监测名称")), Length(max=80, message=_("最多 80 个字"))],
        description=_("例如：2026秋四年级数学监测"),
    )
    code = StringField(
        _("周期代码"),
        [
            InputRequired(_("请写周期代码")),
            Length(max=30, message=_("最多 30 个字符")),
            Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", message=_("只用字母、数字、点和横线，例如 2026-XX-01")),
        ],
        description=_("与结果表里的“监测周期”一列一致，例如 2026-XX-01"),
    )
    level = RadioField(_("层级"), [InputRequired(_("请选层级"))], choices=options(LEVELS))
    stage = RadioField(_("学段"), [InputRequired(_("请选学段"))], choices=options(STAGES))
    grades = Ticks(_("年级"), [InputRequired(_("至少选一个年级"))], choices=options(GRADES))
    subjects = Ticks(_("学科"), [InputRequired(_("至少选一个学科"))], choices=options(SUBJECTS))
    starts_on = DateField(_("测评开始"), [InputRequired(_("请写开始日期"))])
    ends_on = DateField(_("测评结束"), [InputRequired(_("请写结束日期"))])
    instrument = StringField(_("测评工具"), [InputRequired(_("请写测评工具")), Length(max=80)])
    instrument_version = StringField(_("工具版本"), [InputRequired(_("请写工具版本")), Length(max=20)])
    coverage = RadioField(
        _("普测还是抽测"),
        [InputRequired(_("请选普测或抽测"))],
        choices=options(COVERAGES),
        description=_("抽测时，没有给设计效应的格子按 2 计算"),
    )
    benchmark_type = SelectField(_("与什么比较"), [InputRequired()], choices=options(BENCHMARKS))
    benchmark_source = StringField(
        _("基准来源"),
        [InputRequired(_("请写基准来源")), Length(max=80)],
        description=_("例如：省教研室 2026 年公布的全省均值"),
    )
    document_numbers = TextAreaField(_("依据的文件"), [Optional()], description=_("每行一份，写文号和名称"))
    replaces = SelectField(_("重做哪一个已撤回的周期"), [Optional()], validate_choice=False)

    def validate_ends_on(self, field: DateField) -> None:
        """The last day is not before the first."""
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_("结束日期不能早于开始日期"))

    def given(self, replaces_id: Any = None) -> CycleIn:
        """The frozen input."""
        return CycleIn(
            code=self.code.data,
            name=self.name.data,
            level=self.level.data,
            stage=self.stage.data,
            grades=known(self.grades.data),
            subjects=known(self.subjects.data),
            instrument=self.instrument.data,
            instrument_version=self.instrument_version.data,
            coverage=self.coverage.data,
            benchmark_source=self.benchmark_source.data,
            benchmark_type=self.benchmark_type.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            document_numbers=lines_of(self.document_numbers.data),
            replaces_id=replaces_id,
            version=self.version.data,
        )


class IndicatorsForm(MoveForm):
    """Which indicators a round measures."""

    codes = Ticks(_("指标"), validate_choice=False)

    def given(self) -> IndicatorSet:
        """The frozen input."""
        return IndicatorSet(known(self.codes.data or ()), self.version.data)


LEVEL_CODE = Length(max=40, message=_("最多 40 个字符"))
SAME = _("上级监测用别的代码时填；导入那一级的结果表时自动对应到这个指标")


class IndicatorForm(MoveForm):
    """One indicator of the county's list."""

    code = StringField(
        _("指标代码"),
        [
            InputRequired(_("请写指标代码")),
            Length(max=40),
            Regexp(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", message=_("只用字母、数字、点和横线，例如 MATH-NUM")),
        ],
        description=_("与结果表里的“指标代码”一列一致"),
    )
    name = StringField(_("指标名称"), [InputRequired(_("请写指标名称")), Length(max=60)])
    definition = TextAreaField(
        _("口径"),
        [Optional(), Length(max=500, message=_("最多 500 个字"))],
        description=_("测什么、怎么算、来自哪份工具"),
    )
    subject = SelectField(_("学科"), [InputRequired()], choices=options(SUBJECTS))
    domain = RadioField(_("领域"), [InputRequired(_("请选领域"))], choices=options(DOMAINS))
    evaluation_type = RadioField(
        _("评价类型"),
        [InputRequired(_("请选评价类型"))],
        choices=options(EVALUATION_TYPES),
        description=_("结果看水平，过程看做法，增值看同起点的进步，综合看几项合起来"),
    )
    object_code = RadioField(
        _("评价对象"),
        [InputRequired(_("请选评价对象"))],
        choices=options(OBJECTS),
        description=_("学生成绩汇总到学校的，对象是学校。对象是教师或学生的只留数据，不作结论"),
    )
    value_type = RadioField(_("数值类型"), [InputRequired(_("请选数值类型"))], choices=options(VALUE_TYPES))
    direction = RadioField(_("方向"), [InputRequired(_("请选方向"))], choices=options(DIRECTIONS))
    family = StringField(
        _("工具系列"),
        [InputRequired(_("请写工具系列")), Length(max=40)],
        description=_("同一系列的各轮监测可以前后比较"),
    )
    national_code = StringField(_("国家监测的代码"), [Optional(), LEVEL_CODE], description=SAME)
    province_code = StringField(_("省监测的代码"), [Optional(), LEVEL_CODE])
    city_code = StringField(_("市监测的代码"), [Optional(), LEVEL_CODE])
    lowest = FloatField(_("最低可能值"), [Optional()])
    highest = FloatField(_("最高可能值"), [Optional()])
    index_margin = FloatField(_("指数的固定幅度"), [Optional()], description=_("只有指数要写：低于基准多少才列入观察"))
    unit_word = StringField(_("单位"), [InputRequired(_("请写单位")), Length(max=10)], default="分")
    retired = BooleanField(_("停用，不再用于新的周期"))

    def given(self) -> IndicatorIn:
        """The frozen input."""
        values = {name: field.data for name, field in self._fields.items() if name != "csrf_token"}
        texts = {name: values[name] or "" for name in ("definition", "national_code", "province_code", "city_code")}
        return IndicatorIn(**{**values, **texts})


class VerifyForm(MoveForm):
    """What the verifier says about each line of the reconciliation."""

    remark_rows = TextAreaField(_("行数说明"), [Optional(), Length(max=500)])
    remark_missing = TextAreaField(_("缺失说明"), [Optional(), Length(max=500)])
    remark_range = TextAreaField(_("数值范围说明"), [Optional(), Length(max=500)])
    remark_numbers = TextAreaField(_("人数说明"), [Optional(), Length(max=500)])
    remark_schools = TextAreaField(_("学校说明"), [Optional(), Length(max=500)])
    remark_indicators = TextAreaField(_("指标说明"), [Optional(), Length(max=500)])
    signed = BooleanField(_("我已逐条核对，以上属实"), [InputRequired(_("请勾选确认后再签名"))])

    @property
    def remarks(self) -> dict[str, str]:
        """Line code → words."""
        fields = {name: field for name, field in self._fields.items() if name.startswith("remark_")}
        return {name.removeprefix("remark_"): field.data or "" for name, field in fields.items()}

    def demand(self, codes: tuple[str, ...]) -> bool:
        """Whether every line that does not hold is explained; marks those that are not."""
        lacking = [code for code in codes if not self.remarks.get(code, "").strip()]
        for code in lacking:
            field = self._fields[f"remark_{code}"]
            field.errors = (*field.errors, _("这一行对不上，请写明原因"))
        return not lacking

    def given(self) -> VerifyIn:
        """The frozen input."""
        return VerifyIn(self.remarks, self.version.data)


class ReleaseForm(MoveForm):
    """What the office says in front of each version."""

    basic = TextAreaField(_("基础数据：说明"), [Optional(), Length(max=LONGEST_TEXT)])
    analysis = TextAreaField(_("综合分析：说明"), [Optional(), Length(max=LONGEST_TEXT)])
    topic = TextAreaField(_("专题：说明"), [Optional(), Length(max=LONGEST_TEXT)])
    public = TextAreaField(_("社会版：说明"), [Optional(), Length(max=LONGEST_TEXT)])

    def given(self) -> ReleaseIn:
        """The frozen input."""
        return ReleaseIn({audience: self._fields[audience].data or "" for audience in AUDIENCES}, self.version.data)
