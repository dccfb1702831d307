"""Forms of an evaluation: which data, what was found on site, which outcome, why it goes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.web.chips import word
from app.core.web.forms import VersionedForm, at_most, wanted
from app.improvement.effects.operations.evaluations import CheckedCriterion, CheckIn, PrepareIn, ProposeIn
from app.improvement.effects.words import OUTCOMES, USES

Labels = Sequence[tuple[str, str]]


def choices_of(labels: Labels) -> list[SelectChoice]:
    """Pairs of value and label as WTForms takes them."""
    return [SelectChoice(value, label) for value, label in labels]


class Ticks(SelectMultipleField):
    """Several of a few choices, each with a box to tick; what is not offered is refused in words."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """Only what is offered."""
        if not set(self.data or ()) <= {one.value for one in self.choices or ()}:
            raise ValidationError(str(_("请从列表里选")))


class DataForm(VersionedForm):
    """Which cells are the follow-up."""

    follow_up = Ticks(_("复测数据"), [wanted(_("请选择复测数据"))])
    earlier = Ticks(_("与基线合并的更早一轮"), [Optional()], description=_("人数少时可以把基线前的一轮并进来"))
    equated = BooleanField(
        _("两次工具不同，但已经等值"), description=_("只有测评组做过等值处理才勾选；会写进可比性核对")
    )

    def offer(self, later: Labels, before: Labels) -> None:
        """Put the cells that may be chosen into the lists."""
        self.follow_up.choices, self.earlier.choices = choices_of(later), choices_of(before)

    def given(self, ids: Mapping[str, str]) -> PrepareIn:
        """What the operation takes; only what was offered is known."""
        return PrepareIn(
            tuple(ids[one] for one in self.follow_up.data or () if one in ids),
            tuple(ids[one] for one in self.earlier.data or () if one in ids),
            bool(self.equated.data),
            version=self.version.data,
        )


class CriterionForm(VersionedForm):
    """What was found for each criterion; the fields are made from the plan by `criterion_form`."""

    on_site = BooleanField(
        _("我到了现场，逐条看过"), [wanted(_("请到现场核查后再填"))], description=_("没有到现场就先不要填")
    )

    def answers(self) -> list[tuple[Any, Any]]:
        """For each criterion its answer and its remark."""
        return [(self[f"met-{n}"], self[f"note-{n}"]) for n in range(self.criterion_count)]

    def given(self, criteria: Sequence[str]) -> CheckIn:
        """What the operation takes."""
        lines = zip(criteria, self.answers(), strict=True)
        checked = (
            CheckedCriterion(line, met.data == "yes", bool(self.on_site.data), note.data or "")
            for line, (met, note) in lines
        )
        return CheckIn(tuple(checked), self.version.data)


def criterion_form(criteria: Sequence[str], **given: Any) -> CriterionForm:
    """A form with an answer and a remark for each criterion of the plan."""
    fields: dict[str, Any] = {"criterion_count": len(criteria)}
    for number, line in enumerate(criteria):
        fields[f"met-{number}"] = RadioField(
            line,
            [wanted(_("请选择达到还是没有达到"))],
            choices=[SelectChoice("yes", _("达到")), SelectChoice("no", _("没有达到"))],
        )
        fields[f"note-{number}"] = StringField(_("看到了什么"), [Optional(), at_most(300)])
    made: CriterionForm = type("ThisCriterionForm", (CriterionForm,), fields)(**given)
    return made


class OutcomeForm(VersionedForm):
    """The outcome with its judgement; another than the computed one with its reason and two proofs."""

    outcome = RadioField(
        _("结论"), [wanted(_("请选择结论"))], choices=lambda: [SelectChoice(c, word(w)) for c, w in OUTCOMES.items()]
    )
    judgement = TextAreaField(
        _("判断"),
        [wanted(_("请写明判断")), at_most(2000)],
        description=_("用自己的话说清：改进到什么程度，凭什么这样判断"),
    )
    uses = Ticks(
        _("结果怎么用"),
        [wanted(_("请选择结果怎么用，至少一项"))],
        choices=lambda: choices_of([(code, word(said)) for code, said in USES.items()]),
        description=_("可以选几项；责任单位看得到"),
    )
    rationale_accepted = BooleanField(
        _("部分改进，同意附理由销号"), description=_("只对“部分改进”有效，理由写在判断里")
    )
    difference_reason = TextAreaField(
        _("与计算结果不同的理由"),
        [Optional(), Length(max=2000)],
        description=_("结论与计算结果相同就不用填；不同要写至少 10 个字，并选两份佐证"),
    )
    qualitative = Ticks(_("支持这个结论的质性佐证"), [Optional()], description=_("从已采信的佐证里选，至少两份"))

    opinion_answer = TextAreaField(
        _("为什么没有采纳第三方的不同意见"),
        [Optional(), Length(max=2000)],
        description=_("定成第三方不同意的结论，才要写；责任单位和第三方都看得到"),
    )

    def offer_outcomes(self, codes: Sequence[str]) -> None:
        """Only these may be chosen."""
        self.outcome.choices = [SelectChoice(code, word(OUTCOMES[code])) for code in codes]

    def offer(self, evidence: Labels) -> None:
        """Put the accepted evidence into the list."""
        self.qualitative.choices = choices_of(evidence)

    def given(self, ids: Mapping[str, str]) -> ProposeIn:
        """What the operation takes."""
        return ProposeIn(
            self.outcome.data,
            self.judgement.data or "",
            self.difference_reason.data or "",
            tuple(ids[one] for one in self.qualitative.data or () if one in ids),
            bool(self.rationale_accepted.data),
            self.version.data,
            tuple(self.uses.data or ()),
            self.opinion_answer.data or "",
        )
