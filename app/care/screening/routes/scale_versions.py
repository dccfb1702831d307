"""One version of a scale: what it says, what is different, its licence, and its steps."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.care.screening.forms.scales import LicenceForm, ScaleForm
from app.care.screening.operations import scales as operations
from app.care.screening.queries import scales as queries
from app.care.screening.routes.blueprint import scales_bp as bp
from app.care.screening.routes.scales import form_page, sent
from app.care.screening.scales.differences import differences
from app.care.versions.forms import ReasonForm
from app.care.versions.routes import YAML, asks, where_experts_are_few
from app.core.audit import trail
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.storage.serving import headers_for
from app.core.web.answers import carried_out, onward
from app.core.web.asking import Ask, Asking
from app.core.web.current import current_actor, needs
from app.core.web.offers import Way, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.core.web.sent_in import give_out

ASKING = Asking(
    asks(operations, "return_scale", _l("以后新的筛查用这一版；已排期和已作答的仍按原版本计分。"),
         _l("看过文字、计分、用例和授权后再同意；还要另一名专家批准。"))
    | {"stop": Ask(_l("停用后新的筛查不能再选它；已作答的仍按这一版计分。"), ReasonForm, operations.stop, _l("已停用"), "ban")},
    "care/screening/scale_step.html", "scales.ask_step", "scales.take_step", where_experts_are_few,
)  # fmt: skip


@bp.get("/scales/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One version: its texts and scoring, its licence, and what may be done."""
    actor = current_actor()
    found = queries.version_for(actor, ref)
    ways = ASKING.ways(found)
    ways["replace"] = Way(url_for("scales.new_file", ref=ref), "upload", quiet=True)
    licensable = found.needs_licence and found.state not in ("retired", "withdrawn")
    return page(
        "care/screening/scale_version.html", one=found, scale=found.definition, notes=notes_of(found),
        offers=offers_of(actor, found, ways), before=queries.version_before(actor, found), story=story_of(actor, [found]),
        may_license=licensable and decide.may(actor, queries.ACTIVATE, found),
    )  # fmt: skip


@bp.get("/scales/<ref>/file.yaml")
@needs(queries.VIEW)
def file(ref: str) -> Response:
    """The YAML as it was brought in."""
    found = queries.version_for(current_actor(), ref)
    return Response(found.content, headers=headers_for(f"scale-{found.code}-{found.number}.yaml", YAML))


@bp.get("/scales/<ref>/changes")
@needs(queries.VIEW)
def changes(ref: str) -> Response:
    """What is different from the version before, place by place."""
    actor = current_actor()
    found = queries.version_for(actor, ref)
    before = queries.version_before(actor, found)
    rows = differences(before[1], found.definition) if before else []
    return page("care/screening/scale_changes.html", one=found, before=before[0] if before else "", rows=rows)


@bp.get("/scales/<ref>/licence")
@needs(queries.VIEW)
def licence(ref: str) -> Response:
    """The document of its licence. Raises NotFound."""
    actor = current_actor()
    found = queries.version_for(actor, ref)
    if found.licence_sha256 is None:
        raise NotFound("licence", ref)
    trail.saw(actor, found, "scale_licence")
    return give_out(found.licence_sha256, found.licence_file or "licence", found.licence_type or "application/pdf")


@bp.get("/scales/<ref>/licence/new")
@needs(queries.ACTIVATE)
def new_licence(ref: str) -> Response:
    """Write down a licence, or a longer one."""
    found = queries.version_for(current_actor(), ref)
    form = LicenceForm(
        formdata=None, version=found.version, holder=found.licence_holder, number=found.licence_no,
        until=found.licence_until,
    )  # fmt: skip
    return _licence_page(found, form)


@bp.post("/scales/<ref>/licence/new")
@needs(queries.ACTIVATE)
def keep_licence(ref: str) -> Any:
    """Keep it."""
    actor, form = current_actor(), LicenceForm()
    found = queries.version_for(actor, ref)
    if carried_out(form, lambda: operations.license_scale(actor, found, form.given(sent()))):
        return onward(found.address, _("已登记授权"))
    return _licence_page(found, form, 422)


def _licence_page(found: Any, form: Any, status: int = 200) -> Response:
    action = url_for("scales.keep_licence", ref=found.ref)
    return page(
        "care/screening/scale_licence.html", status, one=found, form=form, action=action, back_url=found.address
    )


@bp.get("/scales/<ref>/replace")
@needs(queries.DRAFT)
def new_file(ref: str) -> Response:
    """Another file for a draft."""
    found = queries.version_for(current_actor(), ref)
    form = ScaleForm(formdata=None, version=found.version, note=found.note)
    return form_page(form, url_for("scales.replace_file", ref=ref), found.address)


@bp.post("/scales/<ref>/replace")
@needs(queries.DRAFT)
def replace_file(ref: str) -> Any:
    """Check it and put it in the place of the former one."""
    actor, form = current_actor(), ScaleForm()
    found = queries.version_for(actor, ref)
    if carried_out(form, lambda: operations.replace(actor, found, form.given(sent()))):
        return onward(found.address, _("用例全部通过，已换文件"))
    return form_page(form, url_for("scales.replace_file", ref=ref), found.address, 422)


@bp.get("/scales/<ref>/steps/<name>")
@needs(*queries.STEPS)
def ask_step(ref: str, name: str) -> Response:
    """Ask before it is done."""
    return ASKING.ask(queries.version_for(current_actor(), ref), name)


@bp.post("/scales/<ref>/steps/<name>")
@needs(*queries.STEPS)
def take_step(ref: str, name: str) -> Any:
    """Take the step, or ask again with what was wrong."""
    return ASKING.take(queries.version_for(current_actor(), ref), name)
