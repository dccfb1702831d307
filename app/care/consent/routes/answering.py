"""Behind the door: what the child is asked for, the notice, the answer; guardians and students see no result, ever."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, session, url_for
from flask_babel import gettext as _

from app.care.consent.entrance import Holder
from app.care.consent.models import Consent
from app.care.consent.operations import answers
from app.care.consent.operations.answers import AnswerIn
from app.care.consent.queries import own as queries
from app.care.consent.routes.blueprint import code_bp as bp
from app.care.consent.routes.door import KEPT, OFFERS, inside
from app.care.protection.purposes import purposes
from app.care.protection.words import BASES
from app.care.retention.due import years_of
from app.core.errors import Invalid, NotFound
from app.core.web.current import PUBLIC, needs
from app.core.web.pages import language, page, say


@bp.get("/code/home")
@needs(PUBLIC)
def home() -> Any:
    """What there is for this child."""
    holder = inside()
    if holder is None:
        return _out()
    return page(
        "care/consent/home.html",
        holder=holder,
        rows=queries.own_consents(holder.actor),
        answers=_said,
        links=[link for links in OFFERS for link in links(holder)],
    )


def _out() -> Any:
    """Back to the door: the time is over, or nobody came in here."""
    if session.pop(KEPT, None):
        flash(_("离开太久了，请重新输入个人码。已经写的都在"))
    return redirect(url_for("code.door"), 303)


def _said(consent: Consent, holder: Holder) -> str:
    return consent.latest.get(holder.code.kind, "")


@bp.get("/code/consents/<ref>")
@needs(PUBLIC)
def notice(ref: str) -> Any:
    """The notice as it was sent, and the answer of this person."""
    holder = inside()
    if holder is None:
        return _out()
    return _notice(queries.own_consent(holder.actor, ref), holder)


def _notice(consent: Consent, holder: Holder, status: int = 200, refused: str = "") -> Response:
    basis = purposes().get(consent.purpose)
    return page(
        "care/consent/notice.html",
        status,
        consent=consent,
        holder=holder,
        notice=consent.round.notice[language()],
        said=_said(consent, holder),
        refused=refused,
        basis=basis,
        kept=basis.kept(years_of(consent.county_id)) if basis else None,
        bases=BASES,
    )


@bp.post("/code/consents/<ref>")
@needs(PUBLIC)
def answer(ref: str) -> Any:
    """Agree, not agree, or take it back."""
    holder = inside()
    if holder is None:
        return _out()
    consent = queries.own_consent(holder.actor, ref)
    given = AnswerIn(request.form.get("answer", ""), holder.code, request.form.get("notice", ""))
    if consent.state not in ("requested", "granted"):
        raise NotFound("consent", ref)
    try:
        if consent.state == "granted" and given.answer != "agree":
            answers.take_back_consent(holder.actor, consent, given)
        elif consent.state == "requested":
            answers.answer_consent(holder.actor, consent, given)
    except Invalid as refused:
        return _notice(consent, holder, 422, say(next(iter(refused.sentences.values()))))
    flash(_("已收到，谢谢"))
    return redirect(url_for("code.home"), 303)
