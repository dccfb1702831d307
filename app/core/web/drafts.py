"""What was typed in a long form and not yet sent: kept every half minute, for seven days, sealed (decision 3)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, flash, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import UniqueConstraint, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import MultiDict
from wtforms import Form

from app.core import clock
from app.core.database import Base, ForeignKey, Mapped, Record, String, db, keep, mapped_column, uuid7
from app.core.errors import Stale
from app.core.policy.actor import Actor
from app.core.vault import KeyMissing, KeyRing, Place, SealBroken
from app.core.vault.rotation import Sealed
from app.core.web.addresses import local
from app.core.web.beside import PutBack, mark
from app.core.web.current import SIGNED_IN, current_actor, needs

LARGEST = 256 * 1024
KEPT = timedelta(days=7)
LONGEST_NAME = 120
UNKEPT = frozenset({"csrf_token", "password", "new_password", "again", "code", "factor_code", "_to"})
"""Fields that are never kept: secrets, and what belongs to one page. The version it was written against is kept."""

Fields = dict[str, list[str]]
"""Name of a field → its texts."""

bp = Blueprint("drafts", __name__, url_prefix="/drafts")


class Draft(Base, Record):
    """What a person typed in one form; one row per person and form."""

    __tablename__ = "drafts"
    __protection__ = "typed"
    __outside_act__ = True
    __table_args__ = (UniqueConstraint("person_id", "form"),)

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    form: Mapped[str] = mapped_column(String(LONGEST_NAME))
    county_id: Mapped[uuid.UUID | None]
    school_id: Mapped[uuid.UUID | None]
    """Whose keys seal it."""
    sealed: Mapped[bytes] = mapped_column(Sealed())
    saved_at: Mapped[datetime] = mapped_column(default=clock.now, server_default=text("now()"))


def keep_draft(actor: Actor, form: str, fields: Fields, whole: bool = False) -> datetime | None:
    """Keep `fields` (name → texts) as the actor's draft of `form`; None when nothing was typed or it is too large.

    `whole`: the caller has left out what is never kept. What was emptied is kept as empty, so that no saved text fills it.
    """
    kept = {k: v for k, v in fields.items() if whole or k not in UNKEPT}
    typed = any(text.strip() for name, texts in kept.items() if name != "version" for text in texts)
    packed = json.dumps(kept, ensure_ascii=False)
    tenant = actor.school_id or actor.county_id
    if not typed or actor.person_id is None or tenant is None or len(packed.encode()) > LARGEST:
        return None
    name, now = form[:LONGEST_NAME], clock.now()
    values = {
        "school_id": actor.school_id,
        "county_id": actor.county_id,
        "sealed": _ring().seal(_place(tenant, actor.person_id, name), packed),
        "saved_at": now,
    }
    row = insert(Draft).values(id=uuid7(), person_id=actor.person_id, form=name, **values)
    keep(row.on_conflict_do_update(index_elements=["person_id", "form"], set_=values))
    return now


def draft_of(actor: Actor, form: str) -> tuple[Fields, datetime] | None:
    """The actor's draft of `form` and when it was kept; None when there is none or it is older than seven days."""
    name = form[:LONGEST_NAME]
    row = db.session.execute(
        select(Draft.sealed, Draft.saved_at, Draft.school_id, Draft.county_id).where(
            Draft.person_id == actor.person_id, Draft.form == name, Draft.saved_at > clock.now() - KEPT
        )
    ).first()
    if row is None or actor.person_id is None:
        return None
    try:
        place = _place(row.school_id or row.county_id, actor.person_id, name)
        fields: Fields = json.loads(_ring().open_text(place, row.sealed))
    except (SealBroken, KeyMissing):
        return None
    return fields, row.saved_at


def opened(form_class: Callable[..., Form], name: str, **given: Any) -> tuple[Any, str]:
    """A form as it is opened: with the actor's draft put back, and the words for when it was kept ("" without one).

    `data` among what is given: what is saved now, shown beside a draft that was written before it.
    """
    found = draft_of(current_actor(), name)
    if found is None:
        return form_class(**given), ""
    fields, saved_at = found
    form = form_class(MultiDict(fields), **given)
    against = request.args.get("seen") or fields.get("version", [""])[0]
    mark(form, PutBack(name, against, _saved(form_class, given.get("data", {}))))
    return form, clock.local(saved_at).strftime("%m-%d %H:%M")


def _saved(form_class: Callable[..., Form], data: Mapping[str, Any]) -> Form:
    form = form_class(formdata=None, data=data)
    for field in [one.short_name for one in form if one.short_name not in data]:
        del form[field]
    return form


@contextmanager
def kept_if_overtaken(name: str) -> Iterator[None]:
    """What was sent from a page that somebody overtook becomes the draft of its form.

    The form that is opened again shows it, with what is saved now beside it.
    """
    try:
        yield
    except Stale:
        db.session.rollback()
        keep_draft(current_actor(), name, request.form.to_dict(flat=False))


def address(name: str) -> str:
    """Where the page keeps the draft of the form `name`: `draft_url` of the form macro."""
    return url_for("drafts.save", form=name)


def forget_draft(actor: Actor, form: str) -> None:
    """The form was sent: its draft goes."""
    keep(delete(Draft).where(Draft.person_id == actor.person_id, Draft.form == form[:LONGEST_NAME]))


def forget_old_drafts() -> int:
    """Remove drafts older than seven days; returns how many."""
    return int(keep(delete(Draft).where(Draft.saved_at <= clock.now() - KEPT)).rowcount)


def _place(tenant_id: uuid.UUID, person_id: uuid.UUID, form: str) -> Place:
    return Place(tenant_id, "drafts", person_id, f"sealed:{form}")


def _ring() -> KeyRing:
    ring: KeyRing = current_app.extensions["bihuan.vault"]
    return ring


@bp.post("/<path:form>")
@needs(SIGNED_IN)
def save(form: str) -> Response:
    """Keep what stands in the form now; the page sends JSON, name → texts."""
    if request.content_length and request.content_length > LARGEST:
        abort(413)
    fields: Any = request.get_json(silent=True) if request.is_json else request.form.to_dict(flat=False)
    if not _has_shape(fields):
        abort(400)
    saved_at = keep_draft(current_actor(), form, fields)
    return jsonify(saved_at=clock.local(saved_at).strftime("%H:%M") if saved_at else None)


def _has_shape(fields: Any) -> bool:
    return isinstance(fields, dict) and all(
        isinstance(texts, list) and all(isinstance(text, str) for text in texts) for texts in fields.values()
    )


@bp.get("/<path:form>")
@needs(SIGNED_IN)
def show(form: str) -> Response:
    """What was kept of the form, for the browser to put back."""
    found = draft_of(current_actor(), form)
    if found is None:
        return jsonify(fields=None)
    fields, saved_at = found
    return jsonify(
        fields=fields, saved_at=saved_at.isoformat(), saved_words=clock.local(saved_at).strftime("%m-%d %H:%M")
    )


@bp.post("/forget/<path:form>")
@needs(SIGNED_IN)
def forget(form: str) -> Any:
    """The person does not want the draft any more: back to the page, which shows what is saved."""
    forget_draft(current_actor(), form)
    then = local(request.form.get("then"))
    if not then:
        return "", 204
    flash(_("草稿已放弃，下面是现在保存的内容"), "info")
    return redirect(then, 303)


def register(app: Flask) -> None:
    """Put the endpoint in."""
    if bp.name not in app.blueprints:
        app.register_blueprint(bp)
