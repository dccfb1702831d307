"""Forms of a closure request and of a recheck."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional, ValidationError

from app.core.web.chips import word
from app.core.web.forms import VersionedForm, at_most, wanted
from app.improvement.effects.forms.evaluations import Labels, Ticks, choices_of
from app.improvement.effects.operations.closures import ClosureIn, RecheckIn, VerifyIn
from app.improvement.effects.operations.evaluations import EvaluationStep
from app.improvement.effects.words import SEEN

SHORTEST = 10


class PressForm(VersionedForm):
    """A step that asks for nothing but a yes."""

    def given(self) -> EvaluationStep:
        """What the operation takes."""
        return EvaluationStep(self.version.data)


class ReasonForm(VersionedForm):
    """A step with its reason."""

    reason = TextAreaField(
        _("理由（至少 10 个字，对方会看到）"), [at_most(2000)], filters=[lambda text: (text or "").strip()]
    )

    def validate_reason(self, field: Any) -> None:
        """Long enough to be of use to the other side."""
        if len(field.data or "") < SHORTEST:
            raise ValidationError(str(_("理由至少写 10 个字，对方会看到")))

    def given(self) -> EvaluationStep:
        """What the operation takes."""
        return EvaluationStep(self.version.data, self.reason.data)


class ClosureForm(VersionedForm):
    """What the unit says of its own work, with the evidence it shows."""

    self_summary = TextAreaField(
        _("自评总结"),
        [wanted(_("请写自评总结")), at_most(4000)],
        description=_("做了哪些措施，结果怎样，还有什么要继续做"),
    )
    evidence = Ticks(_("佐证清单"), description=_("这一轮已采信的佐证都在这里，默认全选"))
    earlier = Ticks(
        _("前几轮的佐证"), [Optional()], description=_("问题项重新打开以前的佐证，这一轮的措施引用过的才在这里")
    )

    def validate_evidence(self, field: Any) -> None:
        """One piece at least, of either kind."""
        if not field.data and not self.earlier.data:
            raise ValidationError(str(_("至少选一份佐证")))

    def offer(self, evidence: Labels, earlier: Labels) -> None:
        """Put the accepted evidence into the lists: that of this round, and that of earlier ones shown again."""
        self.evidence.choices, self.earlier.choices = choices_of(evidence), choices_of(earlier)
        self.evidence.flags.required = True

    def given(self, ids: Mapping[str, str]) -> ClosureIn:
        """What the operation takes."""
        ticked = (*(self.evidence.data or ()), *(self.earlier.data or ()))
        chosen = tuple(ids[one] for one in ticked if one in ids)
        return ClosureIn(self.self_summary.data or "", chosen, self.version.data)


class VerifyForm(VersionedForm):
    """What the verifier found."""

    on_site = BooleanField(_("我到现场核验过"), description=_("严重问题必须到现场核验"))
    opinion = TextAreaField(
        _("核验意见"),
        [wanted(_("请写核验意见")), at_most(2000)],
        description=_("看了哪些材料和现场，与申请是否一致；会印在销号审批表上"),
    )

    def given(self) -> VerifyIn:
        """What the operation takes."""
        return VerifyIn(self.opinion.data or "", bool(self.on_site.data), self.version.data)


class RecheckForm(VersionedForm):
    """What was seen half a year later."""

    seen = RadioField(
        _("看到的情况"),
        [wanted(_("请选择看到的情况"))],
        choices=lambda: [SelectChoice(c, word(w)) for c, w in SEEN.items()],
    )
    note = TextAreaField(_("具体看到了什么"), [wanted(_("请写明复核时看到的情况")), at_most(2000)])
    result = RadioField(
        _("复核结论"),
        [wanted(_("请选择复核结论"))],
        choices=[SelectChoice("pass", _("通过，保持销号")), SelectChoice("fail", _("不通过，提议重新打开"))],
    )
    reason = TextAreaField(
        _("不通过的理由"),
        [Optional(), at_most(2000)],
        description=_("不通过要写，至少 10 个字，对方会看到"),
        filters=[lambda text: (text or "").strip()],
    )

    def validate_result(self, field: Any) -> None:
        """Failing needs its reason."""
        if field.data == "fail" and len(self.reason.data or "") < SHORTEST:
            raise ValidationError(str(_("不通过要写理由，至少 10 个字")))

    def given(self) -> RecheckIn:
        """What the operation takes."""
        reason = self.reason.data if self.result.data == "fail" else None
        return RecheckIn(self.note.data or "", self.seen.data or "", reason, self.version.data)
