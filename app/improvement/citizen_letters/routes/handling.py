"""The steps of a letter: each asks on a page of its own, with the letter beside the form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.core.audit import trail
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way
from app.core.web.pages import page
from app.improvement.citizen_letters.forms import handling as forms
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.operations import answering, boxes, sorting, visiting
from app.improvement.citizen_letters.queries import inspectors
from app.improvement.citizen_letters.queries import letters as queries
from app.improvement.citizen_letters.queries.visiting import visits_to_ask
from app.improvement.citizen_letters.routes.blueprint import letters_bp as bp
from app.improvement.citizen_letters.words import TOPICS

CARRIED, OVER = ("in_progress", "answered", "returned", "closed"), ("answered", "closed")
STEPS = (queries.TRIAGE, queries.ANSWER, queries.CARRY, queries.PUBLISH)


@dataclass(frozen=True)
class Asked:
    """One step: the right, its form, what fills the form's lists, the operation, the words of button and thanks."""

    right: str
    form: Callable[..., Any]
    operation: Callable[..., Any]
    verb: Any
    done: Any
    icon: str
    fill: Callable[[Any, Actor, CitizenLetter], None] = lambda form, actor, letter: None
    hint: Any = ""
    when: Callable[[CitizenLetter], bool] = lambda letter: True


def _people(roles: tuple[str, ...]) -> Callable[[Any, Actor, CitizenLetter], None]:
    return lambda form, actor, letter: form.offer(inspectors.answerers(actor, letter, roles))


def _mergeable(form: Any, actor: Actor, letter: CitizenLetter) -> None:
    rows = queries.mergeable(actor, letter)
    form.offer(rows, {one.id: f"{one.number} {word(TOPICS[one.topic])} {word(one.standing)}" for one in rows})


ASKED: dict[str, Asked] = {
    "assign": Asked(
        queries.TRIAGE, forms.AssignForm, sorting.assign_letter, lazy_gettext("交督学办理"),
        lazy_gettext("已交办，到期没有答复会提醒"), "user-plus", _people(("inspector",)),
        lazy_gettext("在这所学校任职或近年任过职、负责这所学校问题项的人要回避，不在名单里"),
    ),
    "assign-again": Asked(
        queries.TRIAGE, forms.AssignForm, sorting.assign_again, lazy_gettext("换人重办"),
        lazy_gettext("已换人重办"), "user-plus", _people(sorting.ANSWERERS),
        lazy_gettext("第一次答复的人不能再办，要回避的人也不在名单里"),
    ),
    "pass-on": Asked(
        queries.TRIAGE, forms.PassForm, sorting.pass_letter_on, lazy_gettext("转科室办理"),
        lazy_gettext("已转科室"), "arrow-right", lambda form, actor, letter: form.offer(inspectors.departments(actor)),
    ),
    "refuse": Asked(
        queries.TRIAGE, forms.RefuseForm, sorting.refuse_letter, lazy_gettext("不予受理"),
        lazy_gettext("已答复写信人"), "x", lambda form, actor, letter: form.offer(),
    ),
    "merge": Asked(
        queries.TRIAGE, forms.MergeForm, sorting.merge_letter, lazy_gettext("合并来信"),
        lazy_gettext("已合并，那封信答复时一起答复"), "git-merge", _mergeable,
    ),
    "answer": Asked(
        queries.ANSWER, forms.AnswerForm, answering.answer_letter, lazy_gettext("答复来信"),
        lazy_gettext("已答复，写信人凭回执码可以看到"), "message-2",
    ),
    "hand-back": Asked(
        queries.ANSWER, forms.HandBackForm, answering.hand_letter_back, lazy_gettext("退回分办"),
        lazy_gettext("已退回办公室"), "arrow-back-up",
    ),
    "finding": Asked(
        queries.CARRY, forms.CarryForm, answering.carry_letter, lazy_gettext("登记为数据发现"),
        lazy_gettext("已登记，等确认"), "list-check", lambda form, actor, letter: form.offer(),
        lazy_gettext("登记后按群众信访来源进入问题清单的流程"),
        lambda letter: letter.finding_id is None and letter.state in CARRIED,
    ),
    "visit": Asked(
        queries.CARRY, forms.QuestionForm, visiting.ask_at_visit, lazy_gettext("到校时看一看"),
        lazy_gettext("已写进视导的检查清单，看到什么会显示在这里"), "map-pin",
        lambda form, actor, letter: form.offer(visits_to_ask(actor, letter)),
        lazy_gettext("写进这所学校一次视导的检查清单；没有可选的视导时，先到“视导”里计划一次"),
        lambda letter: letter.visit_line_id is None and letter.state in CARRIED,
    ),
    "reply": Asked(
        queries.PUBLISH, forms.ReplyForm, boxes.publish_reply, lazy_gettext("公开这份问答"),
        lazy_gettext("已公开"), "eye",
        hint=lazy_gettext("原信和原答复不公开，请重新写一遍"),
        when=lambda letter: letter.box.shows_replies and letter.reply_id is None and letter.state in OVER,
    ),
}  # fmt: skip
BESIDE = ("finding", "visit", "reply")
"""Deeds that move nothing."""


def ways_of(letter: CitizenLetter) -> dict[str, Way]:
    """Where the buttons of the letter lead."""
    return {
        name.replace("-", "_"): Way(
            url_for("citizen_letters.step", ref=letter.ref, name=name), one.icon, danger=name == "refuse"
        )
        for name, one in ASKED.items()
        if name not in BESIDE
    }


def further_ways(actor: Actor, letter: CitizenLetter) -> list[dict[str, Any]]:
    """What may be done besides: a finding from it, question and answer for everybody."""
    return [
        {
            "label": ASKED[name].verb,
            "url": url_for("citizen_letters.step", ref=letter.ref, name=name),
            "icon": ASKED[name].icon,
            "primary": False,
            "missing": (),
        }
        for name in BESIDE
        if ASKED[name].when(letter) and decide.may(actor, ASKED[name].right, letter)
    ]


@bp.get("/citizen-letters/<ref>/steps/<name>")
@needs(*STEPS)
def step(ref: str, name: str) -> Response:
    """Ask what the step wants to know, with the letter beside it."""
    asked, letter = _found(ref, name)
    return _page(name, asked, letter, asked.form(formdata=None, version=letter.version))


@bp.post("/citizen-letters/<ref>/steps/<name>")
@needs(*STEPS)
def take(ref: str, name: str) -> Any:
    """Take it, or ask again with what was wrong."""
    asked, letter = _found(ref, name)
    actor, form = current_actor(), asked.form()
    asked.fill(form, actor, letter)
    if carried_out(form, lambda: asked.operation(actor, letter, form.given())):
        back = letter.address if name not in ("answer", "hand-back") else url_for("citizen_letters.index")
        return onward(back, str(asked.done))
    return _page(name, asked, letter, form, 422)


def _found(ref: str, name: str) -> tuple[Asked, CitizenLetter]:
    if name not in ASKED:
        raise NotFound("step", name)
    return ASKED[name], queries.letter_for(current_actor(), ref, ASKED[name].right)


def _page(name: str, asked: Asked, letter: CitizenLetter, form: Any, status: int = 200) -> Response:
    actor = current_actor()
    asked.fill(form, actor, letter)
    trail.saw(actor, letter, "citizen_letter")
    return page(
        "improvement/citizen_letters/step.html",
        status,
        letter=letter,
        said=queries.words_of(letter),
        asked=asked,
        form=form,
        action=url_for("citizen_letters.take", ref=letter.ref, name=name),
        crumbs=[(_("群众来信"), url_for("citizen_letters.index")), (letter.number, letter.address)],
        back_url=letter.address,
    )
