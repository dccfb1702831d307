"""Forms of what is done to an issued item."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext
from flask_wtf import FlaskForm
from flask_wtf.file import MultipleFileField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from app.core.casework.door import SHORTEST_REASON
from app.core.web.forms import Choice, Day, Later, VersionedForm, at_most, offered, wanted
from app.improvement.problems.operations.diagnosis import OTHER, CauseIn
from app.improvement.problems.operations.drafting import Submission
from app.improvement.problems.operations.evaluators import EvaluatorIn
from app.improvement.problems.operations.hand_offs import GiveBackIn, PassIn
from app.improvement.problems.operations.handlers import AcceptIn
from app.improvement.problems.operations.items import ContestIn, ExtendIn, PlanAgainIn, ReassignIn, SuspendIn, VoidIn
from app.improvement.problems.operations.notes import OnsiteIn, RemarkIn
from app.improvement.problems.operations.reopenings import DecisionIn, ReopeningIn
from app.improvement.problems.words import CAUSES, SEEN, SPANS, TRIGGERS_OF_PEOPLE, codes
from workflows.improvement.problem_item_facts import HELP_WORKING_DAYS

REASON_WANTED = _("理由至少写 %(n)s 个字，对方会看到", n=SHORTEST_REASON)
Ids = dict[str, uuid.UUID]
"""Reference on the page → id of the record; only what was offered is known."""


class StepForm(VersionedForm):
    """A step that asks for nothing but a yes."""

    def given(self) -> Submission:
        """What the operation takes."""
        return Submission(version=self.version.data)


class ReasonForm(VersionedForm):
    """A step with its reason."""

    reason = TextAreaField(
        _("理由（至少 %(n)s 个字，对方会看到）", n=SHORTEST_REASON),
        [wanted(REASON_WANTED), Length(min=SHORTEST_REASON, message=REASON_WANTED), at_most(2000)],
        filters=[lambda text: (text or "").strip()],
    )

    def given(self) -> Submission:
        """What the operation takes."""
        return Submission(version=self.version.data, reason=self.reason.data)


class HandlerForm(VersionedForm):
    """Handler and deputy."""

    handler = Choice(
        _("经办人"), validators=[wanted(_("请选择经办人"))], description=_("负责归因、方案、措施和佐证的日常工作")
    )
    deputy = Choice(
        _("替补"), validators=[wanted(_("请选择替补"))], description=_("经办人不在时接手，不能与经办人相同")
    )

    def offer(self, handlers: list[tuple[str, str]], deputies: list[tuple[str, str]]) -> None:
        """Put the persons of the unit into the lists."""
        self.handler.choices = offered(handlers, _("请选择"))
        self.deputy.choices = offered(deputies, _("请选择"))

    def given(self, ids: Ids) -> AcceptIn:
        """What the operation takes."""
        return AcceptIn(ids.get(self.handler.data or ""), ids.get(self.deputy.data or ""), self.version.data)


class PassForm(VersionedForm):
    """To which unit, and for what."""

    unit = Choice(_("转给哪个单位"), validators=[wanted(_("请选择单位"))])
    note = TextAreaField(
        _("请对方办什么"), [wanted(_("请写明办什么")), at_most(300)], description=_("交回时写办到了什么")
    )
    promised_on = Day(
        _("请对方哪天前交回"),
        [Optional()],
        description=_("不写就是 %(n)s 个工作日；交回责任单位时不用写", n=HELP_WORKING_DAYS),
    )

    def given(self, ids: Ids) -> PassIn:
        """What the operation takes."""
        unit = ids.get(self.unit.data or "")
        return PassIn(unit, self.note.data or "", self.version.data, self.promised_on.data)


class GiveBackForm(FlaskForm):
    """What the helping unit did."""

    note = TextAreaField(
        _("办到了什么"), [wanted(_("请写办到了什么")), at_most(300)], description=_("对方会看到，至少 5 个字")
    )

    def given(self) -> GiveBackIn:
        """What the operation takes."""
        return GiveBackIn(self.note.data or "")


class EvaluatorForm(VersionedForm):
    """Who evaluates from outside, and until when."""

    evaluator = Choice(_("第三方评估员"), validators=[wanted(_("请选择第三方评估员"))])
    until = Day(_("看到哪一天"), [wanted(_("请写最后一天"))], description=_("这一天也算在内，不能晚于合同期"))

    def offer(self, evaluators: list[tuple[str, str]]) -> None:
        """Put the evaluators whose contract runs into the list."""
        self.evaluator.choices = offered(evaluators, _("请选择"))

    def given(self, ids: Ids) -> EvaluatorIn:
        """What the operation takes."""
        return EvaluatorIn(ids.get(self.evaluator.data or ""), self.until.data, self.version.data)


class ObjectionForm(VersionedForm):
    """Grounds of an objection, with links or files that show them."""

    grounds = TextAreaField(
        _("为什么有异议"),
        [wanted(_("请写明理由")), at_most(2000)],
        filters=[lambda text: (text or "").strip()],
        description=_(
            "写清不是本单位的问题、数据有误，还是已经解决；办公室 %(n)s 个工作日内答复", n=SPANS["objection"]
        ),
    )
    link = StringField(
        _("依据的链接"), [Optional(), Length(max=500)], description=_("公开文件或系统里的地址，以 https:// 开头")
    )
    files = MultipleFileField(_("依据的文件"), [Optional()])

    def validate_link(self, field: Any) -> None:
        """An address that a browser opens safely."""
        if field.data and not field.data.strip().startswith(("https://", "http://", "/")):
            raise ValidationError(str(_("链接要以 https:// 开头")))

    def given(self, files: list[dict[str, Any]]) -> ContestIn:
        """What the operation takes."""
        links = [{"link": self.link.data.strip()}] if (self.link.data or "").strip() else []
        return ContestIn(self.grounds.data or "", (*links, *files), self.version.data)


class ReassignForm(ReasonForm):
    """Another unit and person."""

    unit = Choice(_("改派给"), validators=[wanted(_("请选择另一个责任单位"))])
    person = Choice(_("责任人"), validators=[wanted(_("请选择责任人"))], description=_("新单位的负责人"))

    def offer(self, units: list[tuple[str, str]], persons: list[tuple[str, str]]) -> None:
        """Put the other units and their heads into the lists."""
        self.unit.choices, self.person.choices = offered(units, _("请选择")), offered(persons, _("请选择"))

    def given_to(self, units: Ids, persons: Ids) -> ReassignIn:
        """What the operation takes."""
        return ReassignIn(
            units.get(self.unit.data or ""), persons.get(self.person.data or ""), self.reason.data, self.version.data
        )


class CauseForm(VersionedForm):
    """One cause."""

    category = RadioField(_("属于哪一类"), [wanted(_("请选择原因属于哪一类"))], choices=lambda: offered(codes(CAUSES)))
    statement = TextAreaField(
        lazy_pgettext("problem", "原因"),
        [wanted(_("请写明原因")), at_most(300)],
        description=_("一条只写一个原因，写具体"),
    )
    source = SelectField(
        _("依据"), [Later()], validate_choice=False, description=_("从这个问题已有的发现、佐证、核查和现场所见里选")
    )
    evidence_note = TextAreaField(
        _("补充说明"),
        [Later(), at_most(300)],
        description=_("哪一点说明了原因；没有可选的依据时，写看到的材料或数据，例如：作业抽样 40 份"),
    )
    controllable = RadioField(
        _("本单位能不能改变"),
        [Later()],
        choices=lambda: offered([("yes", _("可控，要有措施")), ("no", _("不可控，只说明"))]),
        description=_("每条可控的原因至少要有一项措施"),
    )
    five_whys = TextAreaField(
        _("追问过程"),
        [Later(), at_most(2000)],
        description=_("连问几个“为什么”，每问一行，直到能改的那一层"),
    )

    def offer(self, pairs: list[tuple[str, str]]) -> None:
        """What may be cited; nothing is asked where the chain holds nothing yet."""
        if not pairs:
            del self.source
            self.evidence_note.label.text = str(_("依据"))
            return
        self.evidence_note.flags.later = False
        self.source.choices = offered([*pairs, (OTHER, str(_("其他依据，写在下面")))], _("请选择"))

    def given(self) -> CauseIn:
        """What the operation takes."""
        can = {"yes": True, "no": False}.get(self.controllable.data or "")
        texts = (self.evidence_note.data or "", self.five_whys.data or "")
        return CauseIn(
            self.category.data, self.statement.data or "", can, *texts, (self.source.data or "") if self.source else ""
        )


class RemarkForm(VersionedForm):
    """A message."""

    text = TextAreaField(_("给对方留言"), [wanted(_("请写留言")), at_most(1000)])

    def given(self, guidance: bool) -> RemarkIn:
        """What the operation takes."""
        return RemarkIn(self.text.data or "", "guidance" if guidance else "comment")


class OnsiteForm(VersionedForm):
    """What was seen on the spot."""

    checked_on = Day(_("核查日期"), [wanted(_("请写在哪一天"))])
    place = StringField(_("地点"), [wanted(_("请写在哪里核查的")), at_most(80)])
    seen = RadioField(_("看到的情况"), [wanted(_("请选择看到的情况"))], choices=lambda: offered(codes(SEEN)))
    remarks = TextAreaField(_("具体看到了什么"), [wanted(_("请写看到了什么")), at_most(2000)])

    def given(self) -> OnsiteIn:
        """What the operation takes."""
        return OnsiteIn(self.checked_on.data, self.place.data, self.seen.data, self.remarks.data, self.version.data)


class ExtendForm(VersionedForm):
    """When the new data come."""

    new_data_on = Day(_("哪一天有新数据"), [wanted(_("请写明哪一天有新数据"))])
    due_on = Day(_("新的整改期限"), [Optional()], description=_("不改就留空"))

    def given(self) -> ExtendIn:
        """What the operation takes."""
        return ExtendIn(self.new_data_on.data, self.due_on.data, self.version.data)


class PlanAgainForm(VersionedForm):
    """Until when the new plan has to work."""

    due_on = Day(_("新的整改期限"), [Optional()], description=_("原期限太近时要写，给新方案和复测留出时间"))

    def given(self) -> PlanAgainIn:
        """What the operation takes."""
        return PlanAgainIn(self.version.data, None, self.due_on.data)


class SuspendForm(ReasonForm):
    """Until when, and why."""

    resume_on = Day(
        _("恢复日期"),
        [wanted(_("请写恢复日期"))],
        description=_("最迟 %(n)s 天之内；挂起期间计时暂停", n=SPANS["suspended"]),
    )

    def given_until(self) -> SuspendIn:
        """What the operation takes."""
        return SuspendIn(self.resume_on.data, self.reason.data, self.version.data)


class VoidForm(ReasonForm):
    """The number once more, and why."""

    number = StringField(_("编号"), [wanted(_("请再输入编号"))])

    def given_number(self) -> VoidIn:
        """What the operation takes."""
        return VoidIn(self.number.data, self.reason.data, self.version.data)


class ReopeningForm(ReasonForm):
    """Why a closed item should be taken up again."""

    trigger = RadioField(
        _("因为什么"), [wanted(_("请选择因为什么重新打开"))], choices=lambda: offered(codes(TRIGGERS_OF_PEOPLE))
    )

    def given_trigger(self) -> ReopeningIn:
        """What the operation takes."""
        return ReopeningIn(self.trigger.data, self.reason.data, version=None)


class DecisionForm(ReasonForm):
    """Approving a reopening: why, and until when."""

    due_on = Day(_("新的整改期限"), [Optional()], description=_("原期限太近或已过时要写，给新方案和复测留出时间"))

    def given_due(self) -> DecisionIn:
        """What the operation takes."""
        return DecisionIn(self.version.data, self.reason.data, self.due_on.data)
