"""Pages of showcase entries: the list, writing, one of them, and its steps."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.core.errors import NotFound
from app.core.policy import decide
from app.core.web import drafts, filters
from app.core.web.answers import carried_out, onward
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.improvement.disclosure.forms.showcase import ShowcaseForm
from app.improvement.disclosure.models import ShowcaseEntry
from app.improvement.disclosure.operations import showcase as operations
from app.improvement.disclosure.operations.disclosures import OPEN
from app.improvement.disclosure.queries import adoptions
from app.improvement.disclosure.queries import showcase as queries
from app.improvement.disclosure.routes.asking import Ask, Asking
from app.improvement.disclosure.routes.blueprint import showcase_bp as bp
from app.improvement.disclosure.words import SCENARIOS
from workflows.improvement.showcase_entry import SHOWCASE_ENTRY

VIEW, DRAFT = queries.VIEW, queries.DRAFT
PARTS = ("title", "scenario", "problem", "practice", "result")
TAKE = (
    "disclosure.draft_showcase",
    "disclosure.agree_showcase",
    "disclosure.publish_showcase",
    "disclosure.withdraw_showcase",
)
STEPS = Asking(
    {
        "agree": Ask(
            lazy_gettext("同意展示？"),
            lazy_gettext("内容按现在的样子固定下来，由办公室主任公布后所有人都能看到。整改单位不同意就不公布。"),
            lazy_gettext("先不同意"),
            lazy_gettext("已同意，等办公室主任公布"),
            operations.agree_to_showcase,
            "check",
        ),
        "return-entry": Ask(
            lazy_gettext("退回这个案例？"),
            lazy_gettext("单位修改后要重新同意，会看到你的理由。"),
            lazy_gettext("先不退回"),
            lazy_gettext("已退回，单位会看到理由"),
            operations.return_showcase,
            "arrow-back-up",
            reason=True,
        ),
        "publish": Ask(
            lazy_gettext("公布这个案例？"),
            lazy_gettext("不用登录就能看到。问题项重新打开时，案例自动撤回。"),
            lazy_gettext("先不公布"),
            lazy_gettext("已公布"),
            operations.publish_showcase,
            "rubber-stamp",
        ),
        "withdraw": Ask(
            lazy_gettext("撤回这个案例？"),
            lazy_gettext("公开页上的内容马上消失，撤回的日期和理由留在公开页上，所有人都能看到；理由里不要写人名。"),
            lazy_gettext("先不撤回"),
            lazy_gettext("已撤回，公开页只留撤回说明"),
            operations.withdraw_showcase,
            "x",
            reason=True,
            danger=True,
        ),
        "cancel": Ask(
            lazy_gettext("取消这个案例？"),
            lazy_gettext("草稿不再使用，没有公开过任何内容。"),
            lazy_gettext("先不取消"),
            lazy_gettext("已取消"),
            operations.cancel_showcase,
            "ban",
            reason=True,
            danger=True,
        ),
    },
    "showcase.step",
    lazy_gettext("展示案例"),
    "showcase.index",
)


@bp.get("/showcase")
@needs(VIEW)
def index() -> Response:
    """Entries, the newest first."""
    actor, after = current_actor(), request.args.get("after", "")
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in SHOWCASE_ENTRY.states], many=True)
    scenario = filters.choice("scenario", _("应用场景"), [(code, word(one)) for code, one in SCENARIOS.items()])
    rows = queries.entries(actor, state.chosen, scenario.one, after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/disclosure/showcase.html",
        rows=rows,
        listing=filters.bar([state, scenario]),
        clocks=chips_of(rows),
        may_draft=decide.holds(actor, DRAFT),
        next_url=filters.address(after=rows[-1].ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/showcase/new")
@needs(DRAFT)
def new() -> Response:
    """Choose a closed item and write."""
    items = queries.closed_items(current_actor())
    form = ShowcaseForm(formdata=None)
    form.offer(items)
    chosen = next((one for one in items if one.ref == request.args.get("item")), None)
    if chosen is not None:
        form.item.data, form.title.data, form.problem.data = chosen.ref, chosen.title, chosen.description
    return _form_page(None, form, url_for("showcase.draft"))


@bp.post("/showcase")
@needs(DRAFT)
def draft() -> Any:
    """Keep the draft."""
    actor, form, made = current_actor(), ShowcaseForm(), []
    items = {one.ref: one for one in queries.closed_items(actor)}
    form.offer(list(items.values()))

    def begin() -> None:
        made.append(operations.draft_showcase(actor, items[form.item.data or ""], form.given()))

    if carried_out(form, begin):
        return onward(made[0].address, _("草稿已保存，写完后由整改单位负责人同意"))
    return _form_page(None, form, url_for("showcase.draft"), 422)


@bp.get("/showcase/<ref>")
@needs(VIEW)
def show(ref: str) -> Response:
    """One entry: what everybody reads or would read, and what may be done with it."""
    actor = current_actor()
    found = queries.entry_for(actor, ref)
    return page(
        "improvement/disclosure/showcase_entry.html",
        entry=found,
        content=found.content or operations.showcase_content(found),
        public_page=queries.page_of(actor, found),
        adopters=adoptions.adopters_of(actor, found.id),
        notes=notes_of(found),
        offers=offers_of(actor, found, STEPS.ways(found)),
        may_write=found.state in OPEN and decide.may(actor, DRAFT, found),
        sees_item=decide.may(actor, "problems.view_items", found.item),
        story=story_of(actor, [found]),
        back_url=url_for("showcase.index"),
    )


@bp.get("/showcase/<ref>/text")
@needs(DRAFT)
def text(ref: str) -> Response:
    """Change what it says."""
    found = _to_write(ref)
    start = {part: getattr(found, part) for part in PARTS} | {"version": found.version}
    form, draft_at = drafts.opened(ShowcaseForm, f"showcase:{ref}", data=start)
    return _form_page(found, form, url_for("showcase.write", ref=ref), at=draft_at)


@bp.post("/showcase/<ref>/text")
@needs(DRAFT)
def write(ref: str) -> Any:
    """Keep the change."""
    actor, form, found = current_actor(), ShowcaseForm(), _to_write(ref)
    del form.item
    if carried_out(form, lambda: operations.write_showcase(actor, found, form.given())):
        drafts.forget_draft(actor, f"showcase:{ref}")
        return onward(found.address, _("已保存"))
    return _form_page(found, form, url_for("showcase.write", ref=ref), 422)


def _to_write(ref: str) -> ShowcaseEntry:
    actor = current_actor()
    found = queries.entry_for(actor, ref)
    if not decide.may(actor, DRAFT, found):
        raise NotFound("showcase_entry", ref)
    return found


def _form_page(
    found: ShowcaseEntry | None, form: ShowcaseForm, action: str, status: int = 200, at: Any = None
) -> Response:
    return page(
        "improvement/disclosure/showcase_form.html",
        status,
        entry=found,
        form=form,
        action=action,
        draft_url=drafts.address(f"showcase:{found.ref}") if found else "",
        draft_at=at,
        back_url=found.address if found else url_for("showcase.index"),
    )


@bp.get("/showcase/<ref>/steps/<name>")
@needs(*TAKE)
def step(ref: str, name: str) -> Response:
    """What the step leads to."""
    return STEPS.question(queries.entry_for(current_actor(), ref), name)


@bp.post("/showcase/<ref>/steps/<name>")
@needs(*TAKE)
def take(ref: str, name: str) -> Any:
    """Take it."""
    return STEPS.answer(queries.entry_for(current_actor(), ref), name)
