"""Pages of the tree of inspection indicators: versions, one as a tree with what changed, files out and in, its steps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.database import db
from app.core.errors import ImportRefused, Invalid
from app.core.policy import decide
from app.core.storage import headers_for
from app.core.storage.kinds import XLSX
from app.core.uploads import count_upload
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, Asking
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.improvement.inspection import forms, operations, queries, words
from app.improvement.inspection.differences import differences
from app.improvement.inspection.models import InspectionTree
from app.improvement.inspection.rows import Rows, read_file, write_book, write_yaml
from app.people.directory.models import Unit

bp = Blueprint("inspection_trees", __name__)
YAML = "application/yaml"
WORDS = SimpleNamespace(level=words.LEVELS, proof=words.PROOFS, stage=words.STAGE_WORDS)
ASKING = Asking(
    {
        "submit": Ask(
            _l("提交后由领导小组成员审核；审核期间不能再改。"), forms.StepForm, operations.submit, _l("已提交审核"), "send"
        ),
        "approve": Ask(
            _l("看过指标树和改动再批准；批准后由领导小组组长启用。"), forms.StepForm, operations.approve, _l("已批准"), "signature"
        ),
        "return-tree": Ask(
            _l("退回给起草人修改。"), forms.ReasonForm, operations.return_tree, _l("已退回"), "arrow-back-up"
        ),
        "activate": Ask(
            _l("从今天起，所选学段的视导按这一版安排；原来的一版停用。已经用过的视导仍按当时的版本。"),
            forms.StepForm, operations.activate, _l("已启用"), "player-play",
        ),
        "withdraw": Ask(
            _l("撤回后这一版不再启用。"), forms.StepForm, operations.withdraw, _l("已撤回"), "arrow-back-up"
        ),
    },
    "improvement/inspection/step.html", "inspection_trees.ask_step", "inspection_trees.take_step",
)  # fmt: skip


@bp.context_processor
def words_of_templates() -> dict[str, Any]:
    """Give every page of the trees its words."""
    return {"words": WORDS}


@bp.get("/inspection-trees")
@needs(queries.VIEW)
def index() -> Response:
    """What is in force for each stage, and every version."""
    actor = current_actor()
    return page(
        "improvement/inspection/trees.html", rows=queries.versions(actor), in_force=queries.in_force(actor),
        may_draft=decide.holds(actor, queries.DRAFT),
    )  # fmt: skip


@bp.get("/inspection-trees/blank.xlsx")
@needs(queries.DRAFT)
def blank() -> Response:
    """The empty table to fill."""
    return Response(write_book(()), headers=headers_for("督导指标空表.xlsx", XLSX.media_type))


@bp.get("/inspection-trees/new")
@needs(queries.DRAFT)
def new_tree() -> Response:
    """Bring in a file."""
    form = forms.TreeForm(formdata=None)
    form.stages.data = list(words.STAGE_WORDS)
    return _form_page(form)


@bp.post("/inspection-trees")
@needs(queries.DRAFT)
def draft_tree() -> Any:
    """Check it and keep it as a draft."""
    actor, form = current_actor(), forms.TreeForm()
    form.offer()
    place, made = db.session.get_one(Unit, actor.county_id), list[InspectionTree]()
    if carried_out(form, lambda: made.append(operations.draft(actor, place, form.given(_rows())))):
        return onward(made[0].address, _("已存为草稿，请核对后提交审核"))
    return _form_page(form, status=422)


@bp.get("/inspection-trees/<ref>/replace")
@needs(queries.DRAFT)
def new_file(ref: str) -> Response:
    """Another file for a draft."""
    found = queries.tree_for(current_actor(), ref)
    return _form_page(forms.TreeForm(formdata=None, obj=found), found)


@bp.post("/inspection-trees/<ref>/replace")
@needs(queries.DRAFT)
def replace_file(ref: str) -> Any:
    """Check it and put it in the place of the former one."""
    actor, form = current_actor(), forms.TreeForm()
    form.offer()
    found = queries.tree_for(actor, ref)
    if carried_out(form, lambda: operations.replace(actor, found, form.given(_rows()))):
        return onward(found.address, _("已换成新的文件"))
    return _form_page(form, queries.tree_for(actor, ref), 422)


def _rows() -> Rows:
    """What was sent. Raises Invalid with a sentence at the field for a file that cannot be read."""
    sent = request.files.get("content")
    content = sent.read() if sent is not None else b""
    if sent is None or not content:
        raise Invalid("content", operations.NO_FILE)
    count_upload(current_actor(), len(content))
    try:
        return read_file(content, sent.filename or "")
    except ImportRefused as refused:
        raise Invalid("content", refused.sentences[0]) from None


def _form_page(form: forms.TreeForm, found: InspectionTree | None = None, status: int = 200) -> Response:
    form.offer()
    action = (
        url_for("inspection_trees.replace_file", ref=found.ref) if found else url_for("inspection_trees.draft_tree")
    )
    return page("improvement/inspection/tree_form.html", status, form=form, tree=found, action=action)


@bp.get("/inspection-trees/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One version: its tree, what changed against the one before, and what may be done."""
    actor = current_actor()
    found = queries.tree_for(actor, ref)
    ways = ASKING.ways(found)
    ways["replace"] = Way(url_for("inspection_trees.new_file", ref=ref), "upload", quiet=True)
    former = queries.former_of(actor, found)
    changes = differences(queries.rows_of(former), queries.rows_of(found)) if former is not None else []
    return page(
        "improvement/inspection/tree.html", one=found, notes=notes_of(found), offers=offers_of(actor, found, ways),
        former=former, changes=changes, story=story_of(actor, [found]),
    )  # fmt: skip


@bp.get("/inspection-trees/<ref>/file.xlsx")
@needs(queries.VIEW)
def workbook(ref: str) -> Response:
    """The version as a workbook, as it can be brought in again."""
    found = queries.tree_for(current_actor(), ref)
    return Response(
        write_book(queries.rows_of(found)), headers=headers_for(f"督导指标-{found.code}.xlsx", XLSX.media_type)
    )


@bp.get("/inspection-trees/<ref>/file.yaml")
@needs(queries.VIEW)
def yaml_file(ref: str) -> Response:
    """The version as YAML, as it can be brought in again."""
    found = queries.tree_for(current_actor(), ref)
    return Response(write_yaml(queries.rows_of(found)), headers=headers_for(f"inspection-{found.code}.yaml", YAML))


@bp.get("/inspection-trees/<ref>/steps/<name>")
@needs(queries.VIEW)
def ask_step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.tree_for(current_actor(), ref), name)


@bp.post("/inspection-trees/<ref>/steps/<name>")
@needs(queries.VIEW)
def take_step(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.tree_for(current_actor(), ref), name)
