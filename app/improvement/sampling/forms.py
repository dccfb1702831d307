"""Forms: drawing, adding one by hand, another inspector, and what was found."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from app.core.web.chips import word
from app.core.web.forms import Choice, Day, VersionedForm, at_most, offered, wanted
from app.improvement.sampling.operations import AddIn, AnswerIn, CheckerIn, DrawIn, FoundIn
from app.improvement.sampling.words import ANSWERS

Ids = Mapping[str, uuid.UUID]
Pairs = Sequence[tuple[str, str]]
SHORTEST = 10


def _stripped(text: str | None) -> str:
    return (text or "").strip()


class DrawForm(VersionedForm):
    """How many, and until when."""

    count = IntegerField(
        _("抽几份"),
        [wanted(_("请写抽几份")), NumberRange(min=1, max=999, message=_("请写 1 到 999 之间的整数"))],
    )
    due_on = Day(
        _("抽查期限"),
        [wanted(_("请写抽查期限"))],
        description=_("督学最晚哪天写好结论，在本学期以内；到期前系统会提醒"),
    )

    def given(self) -> DrawIn:
        """What the operation takes."""
        return DrawIn(self.count.data or 0, self.due_on.data)


class AddForm(VersionedForm):
    """One more list, by hand."""

    problem_list = Choice(_("校级清单"), validators=[wanted(_("请选择清单"))])
    person = Choice(_("督学"), validators=[wanted(_("请选择督学"))])
    due_on = Day(_("抽查期限"), [wanted(_("请写抽查期限"))])
    why = TextAreaField(_("为什么另加（至少 10 个字，留痕）"), [at_most(500)], filters=[_stripped])

    def offer(self, lists: Pairs, people: Pairs) -> None:
        """Put the choices in."""
        self.problem_list.choices = offered(lists, _("请选择"))
        self.person.choices = offered(people, _("请选择"))

    def validate_why(self, field: Any) -> None:
        """Long enough to be of use."""
        if len(field.data or "") < SHORTEST:
            raise ValidationError(str(_("请写另加的理由，至少 10 个字")))

    def given(self, lists: Ids, people: Ids) -> AddIn:
        """What the operation takes."""
        return AddIn(
            lists.get(self.problem_list.data or ""),
            people.get(self.person.data or ""),
            self.due_on.data,
            self.why.data or "",
        )


class CheckerForm(VersionedForm):
    """Another inspector or another day."""

    person = Choice(_("督学"), validators=[wanted(_("请选择督学"))])
    due_on = Day(_("抽查期限"), [wanted(_("请写抽查期限"))])
    reason = TextAreaField(_("换人或改期的理由（至少 10 个字）"), [at_most(500)], filters=[_stripped])

    def offer(self, people: Pairs) -> None:
        """Put the choices in."""
        self.person.choices = offered(people, _("请选择"))

    def validate_reason(self, field: Any) -> None:
        """Long enough to be of use."""
        if len(field.data or "") < SHORTEST:
            raise ValidationError(str(_("请写换人或改期的理由，至少 10 个字")))

    def given(self, people: Ids) -> CheckerIn:
        """What the operation takes."""
        return CheckerIn(people.get(self.person.data or ""), self.due_on.data, self.reason.data, self.version.data)


class FoundForm(VersionedForm):
    """What the inspector found; the fields of the items are made from the list by `found_form`."""

    on_site = BooleanField(_("我到学校看过"), description=_("只看了系统里的材料就不勾"))
    looked_at = TextAreaField(
        _("看了什么"),
        [wanted(_("请写看了什么")), at_most(2000)],
        description=_("看了哪些佐证和现场，问了谁"),
    )
    finding = TextAreaField(
        _("看到什么"),
        [wanted(_("请写看到什么")), at_most(2000)],
        description=_("整份清单的情况，学校会看到"),
    )
    result = RadioField(
        _("结论"),
        [wanted(_("请选择结论"))],
        choices=[SelectChoice("confirm", _("属实")), SelectChoice("refute", _("不属实"))],
    )
    reason = TextAreaField(
        _("不属实的理由"),
        [Optional(), at_most(2000)],
        description=_("不属实要写，至少 10 个字，学校会看到"),
        filters=[_stripped],
    )

    def answers(self) -> list[tuple[Any, Any]]:
        """For each item its answer and its sentence."""
        return [(self[f"answer-{n}"], self[f"note-{n}"]) for n in range(self.item_count)]

    def validate_result(self, field: Any) -> None:
        """Not holding needs its reason, and one item that fails keeps the list from holding."""
        if field.data == "refute" and len(self.reason.data or "") < SHORTEST:
            raise ValidationError(str(_("不属实要写理由，至少 10 个字")))
        if field.data == "confirm" and any(answer.data == "fails" for answer, _note in self.answers()):
            raise ValidationError(str(_("有问题项不属实，整份清单不能判属实")))

    def validate_looked_at(self, field: Any) -> None:
        """Something was looked at."""
        found = [answer.data for answer, _note in self.answers()]
        if found and all(found) and set(found) == {"left_out"}:
            raise ValidationError(str(_("每个问题项都没看，不能下结论；至少看一项")))

    def given(self, items: Sequence[Any]) -> FoundIn:
        """What the operation takes."""
        lines = zip(items, self.answers(), strict=True)
        return FoundIn(
            self.looked_at.data or "",
            self.finding.data or "",
            tuple(AnswerIn(item.id, answer.data, note.data or "") for item, (answer, note) in lines),
            bool(self.on_site.data),
            self.reason.data if self.result.data == "refute" else None,
            self.version.data,
        )


class _TellsWhy:
    """An item that does not hold needs its sentence."""

    def __init__(self, answer: str) -> None:
        self.answer = answer

    def __call__(self, form: Any, field: Any) -> None:
        if form[self.answer].data == "fails" and not (field.data or "").strip():
            raise ValidationError(str(_("不属实的要写看到了什么")))


def found_form_of(items: Sequence[Any]) -> type[FoundForm]:
    """A form with an answer and a sentence for each item of the list."""
    fields: dict[str, Any] = {"item_count": len(items)}
    for number, item in enumerate(items):
        fields[f"answer-{number}"] = RadioField(
            f"{item.number} {item.title}（{word(item.standing)}）",
            [wanted(_("请选一个结论"))],
            choices=[SelectChoice(code, word(said)) for code, said in ANSWERS.items()],
        )
        fields[f"note-{number}"] = StringField(
            _("看到了什么"), [_TellsWhy(f"answer-{number}"), at_most(500)], description=_("不属实必填")
        )
    made: type[FoundForm] = type("ThisFoundForm", (FoundForm,), fields)
    return made
