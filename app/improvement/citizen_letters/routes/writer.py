"""By the code of the receipt: read state and answer, rate it, and close the page for whoever uses the phone next."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, request, session, url_for
from flask_babel import gettext as _

from app.core import clock
from app.core.limits import TooSoon, throttle
from app.core.web.answers import carried_out, onward
from app.core.web.current import PUBLIC, needs
from app.core.web.pages import page
from app.improvement.citizen_letters.forms.public import FollowForm, RatingForm
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.operations import sending
from app.improvement.citizen_letters.queries import letters
from app.improvement.citizen_letters.queries import public as queries
from app.improvement.citizen_letters.routes.blueprint import mailbox_bp as bp
from app.improvement.citizen_letters.routes.public import READERS, WRITERS, back_to_reader

KEPT, STAY = "citizen_letter", timedelta(minutes=30)


@bp.get("/mailbox/follow")
@needs(PUBLIC)
@throttle.limit(READERS)
def door() -> Response:
    """Where the code is typed in; it never stands in an address."""
    return _door(FollowForm(formdata=None))


def _door(form: FollowForm, status: int = 200, refused: str = "") -> Response:
    return page("improvement/citizen_letters/public/follow.html", status, form=form, refused=refused)


@bp.post("/mailbox/follow")
@needs(PUBLIC)
@throttle.limit(WRITERS)
def go_in() -> Any:
    """One sentence answers every wrong code."""
    form = FollowForm()
    if not form.validate_on_submit():
        return _door(form, 422)
    try:
        letter = queries.letter_by_code(form.code.data or "", str(request.remote_addr))
    except queries.CodeRefused:
        return _door(form, 422, _("没有找到，请对照回执再填一次"))
    except TooSoon as soon:
        return _door(form, 429, _("试得太多了，请 %(n)s 分钟后再试。", n=soon.minutes))
    session[KEPT] = {"id": str(letter.id), "at": clock.now().isoformat()}
    back_to_reader()
    return redirect(url_for("mailbox.own"), 303)


def _inside() -> CitizenLetter | None:
    kept = session.get(KEPT)
    if not kept or clock.now() - datetime.fromisoformat(kept["at"]) > STAY:
        return None
    return queries.own_letter(uuid.UUID(kept["id"]))


@bp.get("/mailbox/letter")
@needs(PUBLIC)
@throttle.limit(READERS)
def own() -> Any:
    """The letter of the code: where it is, what was answered, and the rating."""
    letter = _inside()
    if letter is None:
        return redirect(url_for("mailbox.door"), 303)
    return _own_page(letter, RatingForm(formdata=None, version=letter.version))


def _own_page(letter: CitizenLetter, form: RatingForm, status: int = 200) -> Response:
    form.offer()
    said = letters.words_of(letter)
    back_to_reader()
    return page(
        "improvement/citizen_letters/public/letter.html", status, letter=letter, box=letter.box, said=said, form=form
    )


@bp.post("/mailbox/letter/rating")
@needs(PUBLIC)
@throttle.limit(WRITERS)
def rate(**_none: Any) -> Any:
    """Good or fair ends it; bad sends it back once."""
    letter = _inside()
    if letter is None:
        return redirect(url_for("mailbox.door"), 303)
    form = RatingForm()
    form.offer()
    bad = form.rating.data == "bad" and letter.round == 1
    take = sending.send_back_answer if bad else sending.rate_answer
    if carried_out(form, lambda: take(sending.writer(letter.id), letter, form.given())):
        back_to_reader()
        return onward(url_for("mailbox.own"), _("已退回，会换一个人重新答复") if bad else _("谢谢评价"))
    return _own_page(queries.own_letter(letter.id), form, 422)


@bp.post("/mailbox/leave")
@needs(PUBLIC)
def leave() -> Any:
    """Close the page for whoever uses the phone next."""
    session.pop(KEPT, None)
    return redirect(url_for("mailbox.door"), 303)
