"""Forms of lists and of their lines."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.web.chips import word
from app.core.web.forms import Choice, Day, Later, Number, VersionedForm, at_most, offered, wanted
from app.improvement.monitoring.models import Indicator
from app.improvement.problems.models import ProblemItem
from app.improvement.problems.operations.drafting import ItemIn
from app.improvement.problems.operations.lists import ArchiveIn, IssueIn, ListIn
from app.improvement.problems.operations.spreading import SpreadIn
from app.improvement.problems.words import (
    CATEGORIES,
    DIRECTIONS,
    DOMAIN_CODES,
    SEVERITIES,
    SOURCES,
    SUBJECTS,
    codes,
    word_of,
)
from app.people.directory.words import grade_name

Ids = dict[str, uuid.UUID]
GRADES = tuple(f"G{number}" for number in range(1, 13))


class ListForm(VersionedForm):
    """What a list is called, which round it follows, what it asks for."""

    title = StringField(
        _("清单名称"),
        [wanted(_("请写清单的名称")), at_most(80)],
        description=_("例如：2026年秋季四年级数学监测问题清单"),
    )
    cycle = Choice(_("监测周期"), validators=[Optional()], description=_("不由监测得出的清单可以不选"))
    requirements = TextAreaField(
        _("整改要求"), [Optional(), at_most(2000)], description=_("写给责任单位的话，印在清单后面")
    )

    def given(self, level: str, cycles: Ids, previous_id: uuid.UUID | None = None) -> ListIn:
        """What the operation takes."""
        return ListIn(
            self.title.data or "",
            level,
            cycles.get(self.cycle.data or ""),
            self.requirements.data or "",
            previous_id,
            self.version.data,
        )


class IssueForm(VersionedForm):
    """The document number."""

    document_number = StringField(
        _("文号"), [wanted(_("请填写文号")), at_most(40)], description=_("例如：清监办〔2026〕17号")
    )

    def given(self) -> IssueIn:
        """What the operation takes."""
        return IssueIn(self.document_number.data or "", self.version.data)


class ArchiveForm(VersionedForm):
    """The closing summary."""

    summary = TextAreaField(
        _("总结"), [wanted(_("请写总结")), at_most(4000)], description=_("办结多少、效果如何、还有什么要继续做")
    )

    def given(self) -> ArchiveIn:
        """What the operation takes."""
        return ArchiveIn(self.summary.data or "", self.version.data)


class ItemForm(VersionedForm):
    """One line of a list."""

    title = TextAreaField(
        _("问题"),
        [wanted(_("请用一句话写明问题")), at_most(120)],
        description=_("写问题本身，例如：四年级“数与运算”低于县均值 0.40 个标准差"),
    )
    description = TextAreaField(_("具体表现"), [Optional(), at_most(2000)])
    category = RadioField(_("类别"), [wanted(_("请选择类别"))], choices=lambda: offered(codes(CATEGORIES)))
    domain_code = RadioField(
        _("管、教、研"), [Optional()], choices=lambda: offered(codes(DOMAIN_CODES)), default="teaching"
    )
    source_type = Choice(_("来源"), validators=[wanted(_("请选择问题来源"))])
    severity = RadioField(_("级别"), [wanted(_("请选择级别"))], choices=lambda: offered(codes(SEVERITIES)))
    grade = Choice(_("年级"), validators=[Optional()])
    unit = Choice(_("责任单位"), validators=[Later()])
    person = Choice(_("责任人"), validators=[Later()], description=_("责任单位的负责人"))
    helping = RadioField(
        _("协同单位"),
        [Later()],
        choices=lambda: offered([("none", _("没有")), ("some", _("有"))]),
        description=_("没有也要注明"),
    )
    co_units = SelectMultipleField(
        _("选择协同单位"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    target = Number(_("目标值"), [Optional()])
    indicator = Choice(
        _("目标值的指标"),
        validators=[Optional()],
        description=_("写了目标值就要写明是什么指标；没有合适的，在下面用文字写"),
    )
    measure = StringField(
        _("数的是什么"), [Optional(), at_most(60)], description=_("没有合适的指标时写，例如：课后服务投诉")
    )
    measure_unit = StringField(_("单位"), [at_most(10)], description=_("例如：件、人次、%"))
    measure_direction = RadioField(
        _("怎样算达到"), [Optional()], choices=lambda: offered(codes(DIRECTIONS)), default="higher"
    )
    target_on = Day(_("计划复测日期"), [Optional()], description=_("至少比整改期限早 30 天，才来得及评价"))
    criteria = TextAreaField(
        _("整改标准"), [Optional(), at_most(1000)], description=_("没有指标的问题，写做到什么样算改好，一行一条")
    )
    due_on = Day(_("整改期限"), [Later()])

    def validate_co_units(self, field: Any) -> None:
        """Who says that somebody helps also says who."""
        if self.helping.data == "some" and not field.data:
            raise ValidationError(str(_("请勾选协同单位，没有就选“没有”")))

    def validate_measure_unit(self, field: Any) -> None:
        """What is counted in words is counted in something."""
        if (self.measure.data or "").strip() and not (field.data or "").strip():
            raise ValidationError(str(_("请写明单位，例如：件、人次、%%")))

    def offer(
        self,
        units: list[tuple[str, str]],
        persons: list[tuple[str, str]],
        monitoring: bool,
        helpers: list[tuple[str, str]],
        indicators: Sequence[Indicator],
    ) -> None:
        """Put units, persons, helping units, sources and indicators into the lists; 监测 only where findings are cited."""
        self.unit.choices = offered(units, _("以后再定"))
        self.person.choices = offered(persons, _("以后再定"))
        self.co_units.choices = offered(helpers)
        sources = [one for one in codes(SOURCES) if (one[0] == "monitoring") == monitoring]
        self.source_type.choices = offered(sources, None if monitoring else _("请选择"))
        self.indicator_ids = {one.ref: one.id for one in indicators}
        named = [(one.ref, f"{one.name}（{word(word_of(SUBJECTS, one.subject))}）") for one in indicators]
        self.indicator.choices = offered(named, _("没有合适的指标"))
        self.grade.choices = offered([(grade, word(grade_name(grade))) for grade in GRADES], _("不分年级"))

    def show(self, item: ProblemItem, units: Ids, persons: Ids) -> None:
        """Fill the form with a line that stands already."""
        named, people = ({v: k for k, v in ids.items()} for ids in (units, persons))
        for name in ("title", "description", "category", "domain_code", "source_type", "severity", "grade"):
            self[name].data = getattr(item, name)
        for name in ("target", "measure", "measure_unit", "target_on", "criteria", "due_on"):
            self[name].data = getattr(item, name)
        chosen = {one: ref for ref, one in self.indicator_ids.items()}
        self.indicator.data = chosen.get(item.indicator_id) if item.indicator_id else None
        self.measure_direction.data = item.measure_direction or "higher"
        self.unit.data = named.get(item.unit_id) if item.unit_id else None
        self.person.data = people.get(item.responsible_person_id) if item.responsible_person_id else None
        self.helping.data = None if item.co_units is None else "some" if item.co_units else "none"
        self.co_units.data = [named[uuid.UUID(one)] for one in item.co_units or [] if uuid.UUID(one) in named]

    def given(self, units: Ids, persons: Ids, **fixed: Any) -> ItemIn:
        """What the operation takes; `fixed` are the values that findings bring along."""
        chosen = [str(units[one]) for one in self.co_units.data or () if one in units]
        helping = chosen if chosen and self.helping.data != "none" else [] if self.helping.data == "none" else None
        values: dict[str, Any] = {
            "title": self.title.data or "",
            "description": (self.description.data or "").strip(),
            "category": self.category.data,
            "domain_code": self.domain_code.data or "teaching",
            "source_type": self.source_type.data,
            "severity": self.severity.data,
            "grade": self.grade.data,
            "unit_id": units.get(self.unit.data or ""),
            "responsible_person_id": persons.get(self.person.data or ""),
            "co_units": helping,
            "target": self.target.data,
            "indicator_id": self.indicator_ids.get(self.indicator.data or ""),
            "measure": (self.measure.data or "").strip(),
            "measure_unit": (self.measure_unit.data or "").strip(),
            "measure_direction": self.measure_direction.data or "higher",
            "target_on": self.target_on.data,
            "criteria": (self.criteria.data or "").strip(),
            "due_on": self.due_on.data,
            "version": self.version.data,
        }
        return ItemIn(**(values | fixed))


class SpreadForm(VersionedForm):
    """To which type of units a line goes."""

    addressee = Choice(_("发给哪一类单位"), validators=[wanted(_("请选择单位类型"))])

    def given(self) -> SpreadIn:
        """What the operation takes."""
        return SpreadIn(self.addressee.data or "", self.version.data)
