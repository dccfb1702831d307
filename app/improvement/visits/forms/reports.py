"""Forms of what is found on a visit, and of what the school answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted
from app.improvement.problems.words import CATEGORIES, SEVERITIES, SUBJECTS, codes
from app.improvement.visits.forms.planning import Ids, Ticks
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.operations.answers import ResponseIn, SelfReportIn, SettleIn, TextIn
from app.improvement.visits.operations.findings import FindingIn, IssueIn, ObjectionIn
from app.improvement.visits.operations.on_site import ArriveIn, LineIn
from app.improvement.visits.words import ANSWERS, BECOMES, DISCLOSURE, FINDINGS, SELF_STATES, SETTLED


class Pick(RadioField):
    """One of several; none chosen is empty, not a fault of its own."""

    def __init__(self, label: Any, **given: Any) -> None:
        super().__init__(label, coerce=lambda value: "" if value in (None, "None") else str(value), **given)


class Expected(Optional):
    """Checked by the operation, not by the form; the page does not call the field optional."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}


class ArriveForm(VersionedForm):
    """Who signed in."""

    members = Ticks(_("已到校的成员"), [Optional()])

    def given(self) -> ArriveIn:
        """What the operation takes."""
        return ArriveIn(tuple(self.members.data or ()), self.version.data)


class LineForm(VersionedForm):
    """A further line of the checklist."""

    item = Choice(_("问题项"), validators=[Optional()])
    title = StringField(_("或写一项要看的"), [Optional(), at_most(140)])

    def given(self, items: Ids) -> LineIn:
        """What the operation takes."""
        return LineIn(self.title.data or "", items.get(self.item.data or ""), self.version.data)


class FindingForm(VersionedForm):
    """One finding."""

    kind = Pick(_("类别"), validators=[wanted(_("请选亮点、问题、复发或建议"))])
    text = TextAreaField(_("发现了什么"), [wanted(_("请写发现了什么")), at_most(500)])
    item = Choice(_("对应的问题项"), validators=[Optional()], description=_("新问题可以不选；复发要选已销号的一项"))
    evidence = TextAreaField(
        _("依据"), [Optional(), at_most(500)], description=_("在哪里看到、看到什么；问题和复发必填")
    )
    severity = Choice(_("级别"), validators=[Optional()])
    due_on = Day(_("改到哪天为止"), [Optional()])
    becomes = Choice(_("学校接受后怎么办"), validators=[Optional()])
    category = Choice(_("新发现的类别"), validators=[Optional()])
    subject = Choice(_("新发现的学科"), validators=[Optional()])

    def offer(self, items: list[tuple[str, str]]) -> None:
        """Put the choices in."""
        self.kind.choices = [SelectChoice(code, label) for code, label in codes(FINDINGS)]
        self.item.choices = offered(items, _("不对应已有的问题项"))
        self.severity.choices = offered(codes(SEVERITIES), _("请选择"))
        self.becomes.choices = offered([pair for pair in codes(BECOMES) if pair[0] != "reopening"], _("请选择"))
        self.category.choices = offered(codes(CATEGORIES), _("请选择"))
        self.subject.choices = offered(codes(SUBJECTS), _("请选择"))

    def given(self, items: Ids, ref: str = "") -> FindingIn:
        """What the operation takes."""
        return FindingIn(
            self.kind.data or "",
            self.text.data or "",
            self.evidence.data or "",
            items.get(self.item.data or ""),
            self.severity.data,
            self.category.data,
            self.due_on.data,
            self.becomes.data,
            ref,
            self.version.data,
            self.subject.data,
        )


class ObjectionForm(VersionedForm):
    """申辩."""

    grounds = TextAreaField(
        _("对哪一条有不同意见，依据是什么"), [wanted(_("请写明对哪一条有不同意见、依据是什么")), at_most(2000)]
    )

    def given(self) -> ObjectionIn:
        """What the operation takes."""
        return ObjectionIn(self.grounds.data or "", self.version.data)


class IssueForm(VersionedForm):
    """How far the feedback may be shown."""

    disclosure = Pick(_("公开范围"), validators=[wanted(_("请选择公开范围"))], default="school")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.disclosure.choices = [SelectChoice(code, label) for code, label in codes(DISCLOSURE)]

    def given(self) -> IssueIn:
        """What the operation takes."""
        return IssueIn(self.disclosure.data or "", self.version.data)


class TextForm(VersionedForm):
    """A text; its label stands on the page."""

    text = TextAreaField(_("内容"), [Optional(), at_most(4000)])

    def given(self) -> TextIn:
        """What the operation takes."""
        return TextIn(self.text.data or "", self.version.data)


class SettleForm(VersionedForm):
    """How a problem ends."""

    settled_as = Pick(_("核实结果"), validators=[wanted(_("请选择核实结果"))])
    note = TextAreaField(_("看到了什么"), [wanted(_("请写看到了什么，至少 10 个字")), at_most(1000)])

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.settled_as.choices = [SelectChoice(code, label) for code, label in codes(SETTLED)]

    def given(self, ref: str) -> SettleIn:
        """What the operation takes."""
        return SettleIn(ref, self.settled_as.data or "", self.note.data or "", self.version.data)


def self_report_form(visit: SupervisionVisit) -> type[VersionedForm]:
    """A form with two fields for each line of the checklist that has an item."""
    lines = [line for line in visit.lines if line.item_id is not None]
    return _rows(
        "SelfReportForm",
        [(line.ref, "state", "note") for line in lines],
        codes(SELF_STATES),
        _("现在的情况"),
        _("做到哪一步、有什么材料"),
    )


def response_form(visit: SupervisionVisit) -> type[VersionedForm]:
    """A form with two fields for each problem that was found."""
    refs = [(one.ref, "answer", "measure") for one in visit.to_answer]
    return _rows("ResponseForm", refs, codes(ANSWERS), _("学校的意见"), _("怎么改、谁负责；有不同意见写明理由"))


def _rows(
    name: str, refs: Iterable[tuple[str, str, str]], choices: list[tuple[str, str]], first: Any, second: Any
) -> type[VersionedForm]:
    fields: dict[str, Any] = {}
    for ref, one, other in refs:
        fields[f"{one}_{ref}"] = Pick(first, validators=[Expected()], choices=[SelectChoice(*pair) for pair in choices])
        fields[f"{other}_{ref}"] = TextAreaField(second, [Expected(), at_most(1000)])
    return type(name, (VersionedForm,), fields)


def pairs_of(form: Any, refs: Sequence[str], one: str, other: str) -> dict[str, tuple[str, str]]:
    """What was filled in for each reference."""
    return {ref: (form[f"{one}_{ref}"].data or "", form[f"{other}_{ref}"].data or "") for ref in refs}


def self_report_of(form: Any, visit: SupervisionVisit) -> SelfReportIn:
    """What the operation takes."""
    refs = [line.ref for line in visit.lines if line.item_id is not None]
    return SelfReportIn(pairs_of(form, refs, "state", "note"), form.version.data)


def response_of(form: Any, visit: SupervisionVisit) -> ResponseIn:
    """What the operation takes."""
    return ResponseIn(pairs_of(form, [one.ref for one in visit.to_answer], "answer", "measure"), form.version.data)
