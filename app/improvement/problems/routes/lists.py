"""All lists, their export, the page of one list, its documents and the public page that verifies one."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _

from app.core.errors import NotFound
from app.core.limits import COSTLY, throttle
from app.core.pdf import why_not
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.core.web import filters
from app.core.web.chips import word
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.downloads import workbook_file
from app.core.web.pages import page
from app.core.web.papers import hand_out
from app.core.web.verifying import digests_of, verify_page
from app.core.web.whom import whom
from app.improvement.problems import panels
from app.improvement.problems.export import list_workbook
from app.improvement.problems.models import ProblemList
from app.improvement.problems.operations import lists as operations
from app.improvement.problems.queries import documents
from app.improvement.problems.queries import lists as queries
from app.improvement.problems.queries.items import names_of
from app.improvement.problems.queries.lists import ListFilter
from app.improvement.problems.queries.reach import sees_whole
from app.improvement.problems.routes import list_page
from app.improvement.problems.routes.blueprints import lists_bp as bp
from app.improvement.problems.routes.drawing import chips_of, story, strip_of
from app.improvement.problems.words import LEVELS, codes
from workflows.improvement.problem_list import PROBLEM_LIST

VIEW = "problems.view_lists"
SHOWN = 5


def _bar(actor: Actor) -> tuple[filters.Filter, ...]:
    cycles = [(cycle.ref, cycle.name) for cycle in queries.rounds(actor)]
    states = [(state.code, word(state)) for state in PROBLEM_LIST.states]
    years = [(str(year), str(year)) for year in queries.years(actor)]
    return (
        filters.choice("level", _("层级"), codes(LEVELS)),
        filters.choice("cycle", _("监测"), cycles),
        filters.choice("state", _("状态"), states, many=True),
        filters.choice("year", _("年份"), years),
        filters.text("q", _("名称、编号或文号")),
    )


def _wanted(chosen: tuple[filters.Filter, ...]) -> ListFilter:
    level, cycle, state, year, words = chosen
    sort = request.args.get("sort", "")
    return ListFilter(
        words.one,
        level.one,
        cycle.one,
        state.chosen,
        year.one,
        sort if sort in queries.ORDERS else "new",
        filters.cursor(),
    )


@bp.get("/lists")
@needs(VIEW)
def index() -> Response:
    """The lists the actor sees, with how far each is."""
    actor = current_actor()
    chosen = _bar(actor)
    wanted = _wanted(chosen)
    found = queries.lists_page(actor, wanted)
    to_list = queries.findings_to_list(actor, None) if _may_begin(actor) and not found.rows else []
    return page(
        "improvement/problems/lists.html",
        found=found,
        clocks=chips_of([line.held for line in found.rows]),
        listing=filters.bar(chosen),
        sort=wanted.sort,
        sort_url=lambda name: filters.address(sort=None if name == "new" else name),
        may_begin=_may_begin(actor),
        free_findings=len(to_list),
        export_url=filters.same_query(url_for("problem_lists.export")),
        next_url=filters.address(after=found.after) if found.after else "",
        first_url=filters.address() if wanted.after else "",
    )


def _may_begin(actor: Actor) -> bool:
    return decide.holds(actor, "problems.draft_list") or decide.holds(actor, "problems.draft_school_list")


@bp.get("/lists.xlsx")
@needs(VIEW)
@throttle.limit(COSTLY)
def export() -> Response:
    """What the page of lists shows, all pages of it."""
    actor, wanted = current_actor(), _wanted(_bar(current_actor()))
    content = list_workbook(actor, queries.all_lists(actor, wanted))
    return workbook_file(content, "problem-lists")


@bp.get("/lists/<ref>")
@needs(VIEW)
def problem_list(ref: str) -> Response:
    """One list: where it is, its lines and what each lacks, what may be done, how it came here."""
    actor = current_actor()
    held = queries.list_for(actor, ref)
    items = queries.lines_of(actor, held)
    snapshot = queries.snapshot_of(actor, held)
    entries, earlier = story(actor, [held.id], SHOWN)
    names = names_of(actor, {held.owner_id, snapshot.signed_by if snapshot else None})
    path = PROBLEM_LIST.path
    return page(
        "improvement/problems/list.html",
        held=held,
        groups=list_page.groups(items),
        items=items,
        incomplete=sum(1 for item in items if not item.is_complete) if held.can_be_edited else 0,
        clocks=chips_of([held, *items]),
        whole=sees_whole(actor, held),
        facts=list_page.facts(held),
        names=names,
        stops=strip_of(held, path),
        waits=whom(held, list_page.waits(held, sum(1 for item in items if item.state == "issued"))),
        entries=entries,
        earlier=earlier,
        offers=list_page.offers(actor, held),
        may_edit=list_page.may_edit(actor, held),
        editions=queries.editions_of(actor, held) if held.edition > 1 or held.state != "draft" else [],
        snapshot=snapshot,
        documents=queries.documents_of(actor, held) if snapshot else [],
        no_pdf=why_not(),
        sees_plans=snapshot is not None and decide.holds(actor, "plans.view_plans"),
        opens_it=list_page.opens_it(actor, held),
        parts=panels.beside_a_list(actor, held),
        carried=queries.open_on_previous(actor, held) if held.can_be_edited and held.previous_id else 0,
    )


@bp.get("/lists/<ref>/story")
@needs(VIEW)
def whole_story(ref: str) -> Response:
    """Every step of a list."""
    actor = current_actor()
    held = queries.list_for(actor, ref)
    entries, _earlier = story(actor, [held.id], 400)
    return page("improvement/problems/story.html", record=held, entries=entries, back_url=held.address)


@bp.post("/lists/<ref>/opening")
@needs("problems.open_list")
def opening(ref: str) -> Any:
    """The approver's page says that it was opened (G6)."""
    actor = current_actor()
    operations.mark_opened(actor, queries.list_for(actor, ref))
    return Response("", 204)


@bp.get("/lists/<ref>/documents/<form>")
@needs("problems.print_list")
@throttle.limit(COSTLY)
def document(ref: str, form: str) -> Any:
    """The list as PDF or Word, as it was drawn at issue."""
    actor = current_actor()
    held = queries.list_for(actor, ref)
    found = next((one for one in queries.documents_of(actor, held) if one.form == form), None)
    if found is None or found.file_sha256 is None:
        return redirect(held.address, 303) if _printable(actor, held) else _missing(ref)
    kinds = {"pdf": "application/pdf", "word": WORD}
    return hand_out(actor, found.file_sha256, found.file_name, kinds[form])


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def _printable(actor: Actor, held: ProblemList) -> bool:
    return held.issued_on is not None and decide.may(actor, "problems.print_list", held)


def _missing(ref: str) -> Any:
    raise NotFound("list_document", ref)


@bp.get("/verify/lists/<ref>")
@needs(PUBLIC)
@throttle.limit(COSTLY)
def verify(ref: str) -> Response:
    """What anybody may check of a printed list: number, edition, day, digests; nothing of a person or a school."""
    found = documents.issued_document(ref)
    return verify_page(_("问题清单"), list_page.facts_on_paper(found), digests_of(found))
