"""The registry of scales: what comes with the project, what the county brought, and bringing in more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from app.care.screening.forms.scales import ScaleForm, TextsForm
from app.care.screening.models import ScaleVersion
from app.care.screening.operations import scales as operations
from app.care.screening.queries import scales as queries
from app.care.screening.routes.blueprint import scales_bp as bp
from app.care.screening.scales.registry import not_shipped
from app.care.screening.scales.shelf import written
from app.care.screening.scales.wording import blank, next_version
from app.care.versions.routes import YAML
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.storage import EVIDENCE, Stored
from app.core.storage.serving import headers_for
from app.core.uploads import count_stream
from app.core.web.answers import carried_out, onward
from app.core.web.current import current_actor, needs
from app.core.web.pages import page
from app.people.directory.models import Unit


@bp.get("/scales")
@needs(queries.VIEW)
def index() -> Response:
    """Every scale: whose it is, for whom, and whether it may be used."""
    actor = current_actor()
    return page(
        "care/screening/scales.html", rows=queries.registry(actor), not_shipped=not_shipped(),
        may_draft=decide.holds(actor, queries.DRAFT),
    )  # fmt: skip


@bp.get("/scales/new")
@needs(queries.DRAFT)
def new() -> Response:
    """Bring in a definition."""
    return form_page(ScaleForm(formdata=None), url_for("scales.draft"), url_for("scales.index"))


@bp.post("/scales")
@needs(queries.DRAFT)
def draft() -> Any:
    """Check it and keep it as a draft."""
    form = ScaleForm()
    return _drafted(form, lambda: form.given(sent()), url_for("scales.draft"), url_for("scales.index"), form_page)


@bp.get("/scales/kinds/<code>")
@needs(queries.VIEW)
def kind(code: str) -> Response:
    """One scale: what it measures and how, its cut-offs with their source, its versions."""
    actor = current_actor()
    entry = queries.entry_for(actor, code)
    return page(
        "care/screening/scale.html", entry=entry, scale=entry.scale, may_draft=decide.holds(actor, queries.DRAFT),
        may_word=entry.shipped is not None and not entry.shipped.complete,
    )  # fmt: skip


@bp.get("/scales/kinds/<code>/file.yaml")
@needs(queries.VIEW)
def shipped_file(code: str) -> Response:
    """The definition in use as YAML: where a new version begins. Raises NotFound."""
    scale = queries.entry_for(current_actor(), code).scale
    return Response(written(scale), headers=headers_for(f"scale-{scale.code}-{scale.version}.yaml", YAML))


@bp.get("/scales/kinds/<code>/texts")
@needs(queries.DRAFT)
def texts(code: str) -> Response:
    """Texts for a key: every number stands there, the words are pasted behind."""
    entry = _key(code)
    form = TextsForm(formdata=None)
    assert entry.shipped is not None
    form.items.data, form.options.data = blank(entry.shipped)
    form.scale_number.data = next_version([entry.shipped.version, *(one.number for one in entry.versions)])
    return _texts_page(entry)(form, url_for("scales.bring_texts", code=code), url_for("scales.kind", code=code))


@bp.post("/scales/kinds/<code>/texts")
@needs(queries.DRAFT)
def bring_texts(code: str) -> Any:
    """Check that none is missing and keep it as a draft of a new version."""
    entry, form = _key(code), TextsForm()
    key = entry.shipped
    assert key is not None
    here, back = url_for("scales.bring_texts", code=code), url_for("scales.kind", code=code)
    return _drafted(form, lambda: form.texts(key, sent()), here, back, _texts_page(entry))


def _key(code: str) -> queries.Entry:
    entry = queries.entry_for(current_actor(), code)
    if entry.shipped is None or entry.shipped.complete:
        raise NotFound("scale", code)
    return entry


def _texts_page(entry: queries.Entry) -> Callable[..., Response]:
    def draw(form: Any, action: str, back_url: str, status: int = 200) -> Response:
        return page(
            "care/screening/scale_texts.html", status, form=form, action=action, back_url=back_url, entry=entry,
            scale=entry.shipped,
        )  # fmt: skip

    return draw


def _drafted(form: Any, given: Callable[[], Any], here: str, back: str, draw: Callable[..., Response]) -> Any:
    actor = current_actor()
    place = db.session.get_one(Unit, actor.county_id)
    made: list[ScaleVersion] = []
    if carried_out(form, lambda: made.append(operations.draft(actor, place, given()))):
        return onward(made[0].address, _("用例全部通过，已存为草稿；核对后提交审核"))
    return draw(form, here, back, 422)


def form_page(form: Any, action: str, back_url: str, status: int = 200) -> Response:
    """The page on which a file is sent in."""
    return page("care/screening/scale_form.html", status, form=form, action=action, back_url=back_url)


def sent() -> Stored | None:
    """The licence's document that came with the form, checked and on the shelf; None where none came. Raises Invalid."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return None
    count_stream(current_actor(), file.stream)
    stored: Stored = current_app.extensions["bihuan.shelf"].put(file.stream, file.filename, EVIDENCE)
    return stored
