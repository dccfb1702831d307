"""The door behind the slip: code, birth date, telephone; and the way out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, request, session, url_for
from flask_babel import gettext as _

from app.care.consent.entrance import CodeRefused, Holder, enter, holder_of, kept_of
from app.care.consent.forms.entrance import EntranceForm
from app.care.consent.routes.blueprint import code_bp as bp
from app.core.database import new_ref
from app.core.limits import TooSoon, throttle
from app.core.web.current import PUBLIC, needs
from app.core.web.pages import page

KEPT, DEVICE = "holder", "device"


OFFERS: list[Callable[[Holder], list[dict[str, Any]]]] = []
"""What other features offer behind the door: title, url, and whether it is done."""


def offer(links: Callable[[Holder], list[dict[str, Any]]]) -> None:
    """Hand in a feature's links; the same twice changes nothing."""
    if links not in OFFERS:
        OFFERS.append(links)


def inside() -> Holder | None:
    """Who came in by a code in this browser; None once the time is over."""
    return holder_of(session.get(KEPT))


def code_inside() -> str | None:
    """By which code somebody came in, as the general throttle counts them; nothing is looked up."""
    kept = session.get(KEPT)
    return f"code:{kept['code']}" if kept else None


def device() -> str:
    """A mark by chance that stays with this browser, whoever comes in by it: sixteen hexadecimal digits (domain §5.4 V6)."""
    mark: str = session.setdefault(DEVICE, new_ref())
    return mark


@bp.get("/code")
@needs(PUBLIC)
def door() -> Any:
    """The three fields; the code may stand in the address that the slip's picture leads to."""
    form = EntranceForm(formdata=None)
    form.code.data = request.args.get("code", "")[:40]
    return _door(form)


def _door(form: EntranceForm, status: int = 200, refused: str = "") -> Response:
    return page("care/consent/door.html", status, form=form, refused=refused, over=KEPT in session)


@bp.post("/code")
@needs(PUBLIC)
@throttle.limit("600 per minute")
def go_in() -> Any:
    """Check them; one sentence answers every mistake."""
    form = EntranceForm()
    if not form.validate_on_submit():
        return _door(form, 422)
    try:
        holder = enter(form.given(str(request.remote_addr)))
    except CodeRefused:
        return _door(form, 422, _("对不上，或者个人码已经换过、过期。连续填错 5 次，这个码就作废，请找班主任补发"))
    except TooSoon as soon:
        return _door(form, 429, _("试得太多了，请 %(n)s 分钟后再试。", n=soon.minutes))
    session[KEPT] = kept_of(holder)
    session.permanent = True
    return redirect(url_for("code.home"), 303)


@bp.post("/code/leave")
@needs(PUBLIC)
def leave() -> Any:
    """Close the page for whoever uses the phone next."""
    session.pop(KEPT, None)
    return redirect(url_for("code.door"), 303)
