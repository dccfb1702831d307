"""Forms with which visits are put on the list, planned and staffed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted
from app.improvement.problems.words import codes
from app.improvement.visits.operations.planning import VisitIn, VisitStep
from app.improvement.visits.operations.programme import EntryIn, WithdrawIn
from app.improvement.visits.operations.teams import InterestIn, MemberIn
from app.improvement.visits.words import FOCUS, KINDS

Ids = dict[str, uuid.UUID]
Pairs = Sequence[tuple[str, str]]
SHORTEST = 10


class Ticks(SelectMultipleField):
    """Several choices as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def kinds() -> list[Any]:
    """Kinds of visits as choices."""
    return offered(codes(KINDS), _("请选择"))


class PressForm(VersionedForm):
    """A step that asks for nothing but a yes."""

    def given(self) -> VisitStep:
        """What the operation takes."""
        return VisitStep(self.version.data)


class ReasonForm(VersionedForm):
    """A step with its reason."""

    reason = TextAreaField(
        _("理由（至少 10 个字，对方会看到）"), [at_most(2000)], filters=[lambda text: (text or "").strip()]
    )

    def validate_reason(self, field: Any) -> None:
        """Long enough to be of use to the other side."""
        if len(field.data or "") < SHORTEST:
            raise ValidationError(str(_("理由至少写 10 个字，对方会看到")))

    def given(self) -> VisitStep:
        """What the operation takes."""
        return VisitStep(self.version.data, self.reason.data)

    def withdrawal(self) -> WithdrawIn:
        """The same for an entry of the list."""
        return WithdrawIn(self.reason.data or "", self.version.data)


class EntryForm(VersionedForm):
    """One entry of the yearly list."""

    kind = Choice(_("视导类型"), validators=[wanted(_("请选择视导类型"))])
    title = StringField(
        _("名称"), [wanted(_("请写这一条叫什么")), at_most(80)], description=_("例如：省测问题整改专项视导")
    )
    basis = StringField(
        _("依据文件"), [Optional(), at_most(200)], description=_("专项和项目视导必填，例如：清教督〔2026〕12号")
    )
    from_on = Day(_("从哪天起"), [wanted(_("请写从哪天起"))])
    to_on = Day(_("到哪天止"), [wanted(_("请写到哪天止"))], description=_("清单按年备案，不能跨年"))
    planned_count = IntegerField(_("每校次数"), [wanted(_("请写每校几次"))], default=1)
    schools = Ticks(_("学校"), [Optional()], description=_("一所都不选，就是全县学校"))

    branches = Ticks(_("督导指标"), [Optional()], description=_("选了的指标，其观测点列进每次视导的检查清单"))
    topics = Ticks(_("专题"), [Optional()], description=_("只看这些专题的观测点；不选就是全部"))

    def offer(self, schools: Pairs, branches: Pairs = (), topics: Sequence[str] = ()) -> None:
        """Put the choices in; what was chosen before and is in force no more can still be seen and kept."""
        self.kind.choices, self.schools.choices = kinds(), offered(schools)
        known = {number for number, _title in branches}
        kept = [(one, one) for one in self.branches.data or () if one not in known]
        self.branches.choices = offered([*branches, *kept])
        self.topics.choices = offered([(one, one) for one in dict.fromkeys([*topics, *(self.topics.data or ())])])

    def given(self, schools: Ids) -> EntryIn:
        """What the operation takes."""
        return EntryIn(
            self.kind.data or "",
            self.title.data or "",
            self.basis.data or "",
            self.from_on.data,
            self.to_on.data,
            tuple(schools[ref] for ref in self.schools.data or () if ref in schools),
            self.planned_count.data or 0,
            tuple(self.branches.data or ()),
            tuple(self.topics.data or ()),
            self.version.data,
        )


class VisitForm(VersionedForm):
    """What is planned."""

    kind = Choice(_("视导类型"), validators=[wanted(_("请选择视导类型"))])
    focus = Choice(_("看什么工作"), validators=[wanted(_("请选择督学、督政或教研指导"))])
    visit_on = Day(
        _("视导日期"), [wanted(_("请写哪天到校"))], description=_("专项、项目视导提前 30 天通知，常规视导提前 7 天")
    )
    is_unannounced = BooleanField(_("不打招呼"), description=_("只有常规视导可以；学校事先看不到"))
    scope = TextAreaField(_("视导范围"), [wanted(_("请写这次视导看什么")), at_most(300)])
    lead = Choice(
        _("组长"), validators=[wanted(_("请选择组长"))], description=_("由督学担任；本校和近年在该校任职的不能选")
    )
    entry = Choice(_("年度清单条目"), validators=[Optional()])
    items = Ticks(_("要看的问题项"), [Optional()], description=_("默认全选在办的；已销号的可以选来看有没有复发"))
    points = TextAreaField(
        _("另外要看的"), [Optional(), at_most(2000)], description=_("一行一项，例如：校园课表是否公示")
    )
    exception_wanted = TextAreaField(
        _("申请例外的理由"),
        [Optional(), at_most(500)],
        description=_("清单里没有，或通知天数不够时填写，至少 10 个字；由领导小组组长批准并留痕"),
    )

    def offer(self, leads: list[tuple[str, str]], entries: list[tuple[str, str]], items: list[tuple[str, str]]) -> None:
        """Put the choices in."""
        self.kind.choices, self.focus.choices = kinds(), offered(codes(FOCUS))
        self.lead.choices = offered(leads, _("请选择"))
        self.entry.choices = offered(entries, _("清单里没有"))
        self.items.choices = offered(items)

    def given(self, leads: Ids, entries: Ids, items: Ids) -> VisitIn:
        """What the operation takes."""
        return VisitIn(
            self.kind.data or "",
            self.visit_on.data,
            self.scope.data or "",
            leads.get(self.lead.data or ""),
            entries.get(self.entry.data or ""),
            self.focus.data or "",
            bool(self.is_unannounced.data),
            tuple(items[ref] for ref in self.items.data or () if ref in items),
            tuple((self.points.data or "").splitlines()),
            self.exception_wanted.data or "",
            self.version.data,
        )


class MemberForm(VersionedForm):
    """Who joins the team, and that he or she was asked."""

    person = Choice(_("成员"), validators=[wanted(_("请选择成员"))])
    is_cleared = BooleanField(
        _("已逐条核对，没有需要回避的情形"), description=_("本人及近亲属不在该校任职、就读，与该校没有利益关系")
    )

    def offer(self, people: list[tuple[str, str]]) -> None:
        """Put the choices in."""
        self.person.choices = offered(people, _("请选择"))

    def given(self, people: dict[str, tuple[uuid.UUID, str]]) -> MemberIn:
        """What the operation takes."""
        person, role = people.get(self.person.data or "", (None, ""))
        return MemberIn(person, role, bool(self.is_cleared.data), self.version.data)


class InterestForm(VersionedForm):
    """What keeps a member from going."""

    interest = TextAreaField(_("需要回避的情形"), [wanted(_("请写需要回避的情形")), at_most(200)])

    def given(self) -> InterestIn:
        """What the operation takes."""
        return InterestIn(self.interest.data or "", self.version.data)
