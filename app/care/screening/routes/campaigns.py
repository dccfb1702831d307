"""Pages of campaigns: the list, drafting, one with its progress, its steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.protection.queries import openable
from app.care.screening.forms.campaigns import CampaignForm, steps_form
from app.care.screening.models import ScreeningCampaign, scales_in_force
from app.care.screening.operations import campaigns as operations
from app.care.screening.operations.campaigns import CampaignPlace, SchoolOfCampaign
from app.care.screening.queries import campaigns as queries
from app.care.screening.routes.blueprint import screenings_bp as bp
from app.core.casework.choices import choice
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.people.directory.words import grade_name

TAKE = (
    queries.DRAFT,
    "screening.agree_campaign",
    "screening.approve_campaign",
    "screening.approve_county_campaign",
    "screening.review_campaign",
)
BEFORE_IT_OPENS = ("draft", "returned", "submitted", "approved", "scheduled")
GRADES = [f"G{number}" for number in range(1, 13)]


@dataclass(frozen=True)
class Ask:
    """What a step is asked with."""

    consequence: Any
    done: Any
    operation: Any
    icon: str
    reason: bool = False


STEPS: dict[str, Ask] = {
    "submit": Ask(_l("交给批准人；批准前可以退回修改。"), _l("已提交，等批准"), operations.submit_campaign, "send"),
    "agree": Ask(_l("校长同意后，县心理辅导中心才能批准。"), _l("已同意"), operations.agree_campaign, "check"),
    "return-campaign": Ask(_l("起草人会看到理由。"), _l("已退回"), operations.return_campaign, "arrow-back-up", True),
    "approve": Ask(
        _l("批准后由起草人排期。起草和提交的人不能自己批准。"),
        _l("已批准"),
        operations.approve_campaign,
        "rubber-stamp",
    ),
    "schedule": Ask(
        _l("给每个适合的学生派发任务；同意还没到的先等着。"),
        _l("已排期，到开放日自动开放"),
        operations.schedule_campaign,
        "send",
    ),
    "review": Ask(_l("警报都已处理、复测都已了结，才能完成审阅。"), _l("已审阅"), operations.review_campaign, "check"),
    "archive": Ask(_l("归档后不再改动，只留统计。"), _l("已归档"), operations.archive_campaign, "check"),
    "cancel": Ask(
        _l("不再作答，没做的复测也不做了；已有的回答和警报保留。"),
        _l("已取消"),
        operations.cancel_campaign,
        "ban",
        True,
    ),
}


@bp.get("/screenings")
@needs(queries.VIEW)
def index() -> Response:
    """Campaigns, the newest first."""
    actor = current_actor()
    rows, pages = filters.paged(queries.campaigns(actor, filters.cursor()))
    may_draft = decide.holds(actor, queries.DRAFT)
    return page("care/screening/campaigns.html", rows=rows, pages=pages, may_draft=may_draft)


@bp.get("/screenings/new")
@needs(queries.DRAFT)
def new() -> Response:
    """Begin one."""
    return _form_page(None, CampaignForm(formdata=None), url_for("screenings.draft"))


@bp.post("/screenings")
@needs(queries.DRAFT)
def draft() -> Any:
    """Keep the draft."""
    actor, form, made = current_actor(), CampaignForm(), []
    persons = _offer(form)
    assert actor.county_id is not None and actor.unit_id is not None
    place = CampaignPlace(actor.county_id, actor.unit_id, actor.school_id)
    if carried_out(form, lambda: made.append(operations.draft_campaign(actor, place, form.given(persons)))):
        return onward(made[0].address, _("草稿已保存"))
    return _form_page(None, form, url_for("screenings.draft"), 422)


@bp.get("/screenings/<ref>/text")
@needs(queries.DRAFT)
def text(ref: str) -> Response:
    """Change a draft."""
    found = queries.campaign_for(current_actor(), ref)
    form = CampaignForm(formdata=None, obj=found)
    form.scales.data = [f"{one['code']} {one['version']}" for one in found.scales]
    form.on_duty.data = []
    return _form_page(found, form, url_for("screenings.write", ref=ref))


@bp.post("/screenings/<ref>/text")
@needs(queries.DRAFT)
def write(ref: str) -> Any:
    """Keep the change."""
    actor, form = current_actor(), CampaignForm()
    found, persons = queries.campaign_for(actor, ref), _offer(form)
    if carried_out(form, lambda: operations.write_campaign(actor, found, form.given(persons))):
        return onward(found.address, _("已保存"))
    return _form_page(found, form, url_for("screenings.write", ref=ref), 422)


def _offer(form: CampaignForm) -> Any:
    persons = queries.counsellors(current_actor())
    scales = scales_in_force(current_actor().county_id)
    form.offer([(grade, word(grade_name(grade))) for grade in GRADES], persons, scales)
    return persons


def _form_page(found: ScreeningCampaign | None, form: CampaignForm, action: str, status: int = 200) -> Response:
    _offer(form)
    back = found.address if found else url_for("screenings.index")
    return page("care/screening/campaign_form.html", status, campaign=found, form=form, action=action, back_url=back)


@bp.get("/screenings/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One campaign: what is asked of whom, how far each class is (counts only), what may be done."""
    actor = current_actor()
    found = queries.campaign_for(actor, ref)
    rows = queries.by_class(actor, found) if decide.holds(actor, queries.PROGRESS) else ()
    names = ("tasks", "done", "begun", "ready", "unasked", "outside")
    ways = {
        name.replace("-", "_"): Way(url_for("screenings.step", ref=ref, name=name), ask.icon)
        for name, ask in STEPS.items()
    }
    return page(
        "care/screening/campaign.html",
        campaign=found,
        scales=found.definitions,
        assessment=openable(actor, found.assessment),
        ending=found.ending_licences if found.state in BEFORE_IT_OPENS else (),
        rows=rows,
        total={name: sum(getattr(row, name) for row in rows) for name in names},
        doubts=queries.doubts(actor, found) if decide.holds(actor, queries.EXEMPT) else (),
        standing=queries.by_standing(actor, found) if decide.holds(actor, queries.EXEMPT) else {},
        newcomers=queries.newcomers(actor, found),
        notes=notes_of(found),
        offers=offers_of(actor, found, ways),
        may_write=found.state in operations.OPEN and decide.may(actor, queries.DRAFT, found),
        story=story_of(actor, [found]),
        back_url=url_for("screenings.index"),
    )


@bp.post("/screenings/<ref>/newcomers")
@needs(queries.ADD)
def add_newcomers(ref: str) -> Any:
    """Tasks for who came since it opened."""
    actor = current_actor()
    found = queries.campaign_for(actor, ref)
    assert actor.county_id is not None and actor.school_id is not None
    operations.add_newcomers(actor, SchoolOfCampaign(found, actor.county_id, actor.school_id))
    return onward(found.address, _("新来的学生都有任务了；监护人还没同意的，同意以后才能作答"))


@bp.get("/screenings/<ref>/steps/<name>")
@needs(*TAKE)
def step(ref: str, name: str) -> Response:
    """What the step leads to."""
    found = queries.campaign_for(current_actor(), ref)
    form = steps_form(_ask(name).reason)(formdata=None, version=found.version)
    return _step_page(found, name, form)


@bp.post("/screenings/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take it."""
    actor, ask = current_actor(), _ask(name)
    found, form = queries.campaign_for(actor, ref), steps_form(ask.reason)()
    if carried_out(form, lambda: ask.operation(actor, found, form.given())):
        return onward(found.address, str(ask.done))
    return _step_page(found, name, form, 422)


def _ask(name: str) -> Ask:
    if name not in STEPS:
        raise NotFound("step", name)
    return STEPS[name]


def _step_page(found: ScreeningCampaign, name: str, form: Any, status: int = 200) -> Response:
    code = name.replace("-", "_")
    offered = choice(current_actor(), found, code)
    return page(
        "care/screening/step.html",
        status,
        campaign=found,
        verb=word(found.workflow.step(code)),
        ask=STEPS[name],
        form=form,
        action=url_for("screenings.take", ref=found.ref, name=name),
        missing=offered.missing if offered else (),
        back_url=found.address,
    )
