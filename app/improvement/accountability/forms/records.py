"""Forms of a record: what is registered, what the party says, what the body decides, how an appeal is answered."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from app.core.policy.roles import ROLES
from app.core.web.chips import word
from app.core.web.forms import Choice, Day, Later, VersionedForm, at_most, offered, wanted
from app.improvement.accountability.numbers import Measure
from app.improvement.accountability.operations.appeals import AnswerIn
from app.improvement.accountability.operations.deciding import DecisionIn, Sat
from app.improvement.accountability.operations.drafting import Cited, RecordIn
from app.improvement.accountability.words import LEVELS
from app.improvement.effects.forms.evaluations import Ticks


class RecordForm(VersionedForm):
    """What happened, what it rests on, and what is cited."""

    title = StringField(_("事由"), [wanted(_("请写事由")), at_most(80)], description=_("一句话，不写人名"))
    account = TextAreaField(
        _("事实"),
        [Later(), at_most(4000)],
        description=_("什么时候、发生了什么，只写查实的；表彰的事实会公示，不写人名"),
    )
    basis = StringField(_("依据"), [Later(), at_most(300)], description=_("依据哪份文件哪一条"))
    measure = Choice(_("拟作出的处理"), validators=[Later()], description=_("集体研究后决定，可以和这里不同"))
    person = Choice(_("当事人"), validators=[Optional()], description=_("只涉及单位就不选；人名只在送达的文书里出现"))
    facts = Ticks(_("引用的事实"), [Later()], description=_("每一条都能点开原来的记录；至少一条才能送达告知书"))

    def offer(self, measures: Sequence[Measure], people: Sequence[Any], records: Sequence[tuple[str, str]]) -> None:
        """Put measures, persons of the unit, and what may be cited into the lists."""
        self.measure.choices = offered([(one.code, word(one.words)) for one in measures], none=_("请选择"))
        self.person.choices = offered([(one.ref, one.name) for one in people], none=_("不涉及个人"))
        self.facts.choices = [SelectChoice(value, said) for value, said in records]

    def given(self, kind: str, people: Mapping[str, uuid.UUID], records: Mapping[str, Cited]) -> RecordIn:
        """What the operation takes."""
        return RecordIn(
            title=self.title.data or "",
            account=self.account.data or "",
            basis=self.basis.data or "",
            measure=self.measure.data,
            kind=kind,
            person_id=people.get(self.person.data or ""),
            facts=tuple(records[value] for value in self.facts.data or ()),
            version=self.version.data,
        )


class SayingForm(VersionedForm):
    """A statement, an objection or an appeal."""

    words = TextAreaField(_("内容"), [wanted(_("请写内容，至少 10 个字")), at_most(4000)])


class _SittingForm(VersionedForm):
    present = Ticks(_("到会人员"), [Later()], description=_("你是主持人，不用勾自己；起草、送达的人和当事人要回避"))
    reason = TextAreaField(_("理由"), [wanted(_("请写理由，至少 10 个字")), at_most(4000)])

    def seat(self, people: Sequence[Sat]) -> None:
        """Put those who may sit into the list."""
        self.present.choices = [SelectChoice(str(one.person_id), f"{one.name}（{_role(one.role)}）") for one in people]

    def sat(self, people: Sequence[Sat]) -> tuple[Sat, ...]:
        """Who was ticked."""
        ticked = set(self.present.data or ())
        return tuple(one for one in people if str(one.person_id) in ticked)


class DecisionForm(_SittingForm):
    """What the body decided."""

    outcome = RadioField(
        _("决定"),
        [wanted(_("请选择决定"))],
        choices=lambda: [SelectChoice("decide", str(_("作出处理或表彰"))), SelectChoice("dismiss", str(_("不作处理")))],
        default="decide",
    )
    met_on = Day(_("会议日期"), [wanted(_("请写会议日期"))])
    weighed = TextAreaField(
        _("对陈述（异议）的意见"),
        [Later(), at_most(4000)],
        description=_("采纳了哪些、没有采纳哪些，为什么；没有人陈述就不填"),
    )
    measure = Choice(_("处理"), validators=[Later()], description=_("不作处理就不选"))
    level = Choice(
        _("公开范围"),
        validators=[Later()],
        choices=lambda: offered([(code, word(one)) for code, one in LEVELS.items()], none=_("请选择")),
    )
    public_words = TextAreaField(
        _("公开的文字"), [Later(), at_most(2000)], description=_("全县或社会看到的就是这段，不写人名；不公开就不填")
    )

    def offer(self, measures: Sequence[Measure], people: Sequence[Sat]) -> None:
        """Put measures and those who may sit into the lists."""
        self.measure.choices = offered([(one.code, word(one.words)) for one in measures], none=_("请选择"))
        self.seat(people)

    def given(self, people: Sequence[Sat]) -> DecisionIn:
        """What the operation takes."""
        return DecisionIn(
            met_on=self.met_on.data,
            reason=self.reason.data or "",
            weighed=self.weighed.data or "",
            measure=self.measure.data,
            level=self.level.data,
            public_words=self.public_words.data or "",
            present=self.sat(people),
            version=self.version.data,
        )


class AnswerForm(_SittingForm):
    """How an appeal is answered."""

    outcome = RadioField(
        _("复核结果"),
        [wanted(_("请选择复核结果"))],
        choices=lambda: [
            SelectChoice("uphold", str(_("维持决定"))),
            SelectChoice("change", str(_("变更决定"))),
            SelectChoice("revoke", str(_("撤销决定"))),
        ],
    )
    measure = Choice(_("变更为"), validators=[Optional()], description=_("选了“变更决定”才填"))
    public_words = TextAreaField(
        _("变更后公开的文字"), [Optional(), at_most(2000)], description=_("已经公开的，变更后用这段代替；不写人名")
    )

    def offer(self, measures: Sequence[Measure], people: Sequence[Sat]) -> None:
        """Put measures and those who may sit into the lists."""
        self.measure.choices = offered([(one.code, word(one.words)) for one in measures], none=_("不变更"))
        self.seat(people)

    def given(self, people: Sequence[Sat]) -> AnswerIn:
        """What the operation takes."""
        return AnswerIn(
            reason=self.reason.data or "",
            present=self.sat(people),
            measure=self.measure.data,
            public_words=self.public_words.data or "",
            version=self.version.data,
        )


def _role(code: str) -> str:
    return str(word(ROLES[code])) if code in ROLES else ""
