"""The box of a school for everybody: write a letter, see the code once, read what the office shows to all."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.database import use_context
from app.core.limits import TooSoon, throttle
from app.core.policy.actor import NOBODY
from app.core.web import filters
from app.core.web.answers import carried_out
from app.core.web.current import PUBLIC, current_actor, needs
from app.core.web.pages import page
from app.improvement.citizen_letters.codes import SENDING, code_for, spelled
from app.improvement.citizen_letters.forms.public import LetterForm
from app.improvement.citizen_letters.numbers import letter_numbers
from app.improvement.citizen_letters.operations import sending
from app.improvement.citizen_letters.queries import public as queries
from app.improvement.citizen_letters.routes.blueprint import mailbox_bp as bp

READERS, WRITERS = "60 per minute", "30 per minute"


@bp.get("/mailbox/schools/<box>")
@needs(PUBLIC)
@throttle.limit(READERS)
def write(box: str) -> Response:
    """The form: topic, text, contact, danger."""
    return _form_page(queries.box(current_actor(), box), LetterForm(formdata=None))


def _form_page(found: Any, form: LetterForm, status: int = 200, refused: str = "") -> Response:
    form.offer()
    return page(
        "improvement/citizen_letters/public/write.html",
        status,
        box=found,
        form=form,
        refused=refused,
        action=url_for("mailbox.send", box=found.ref),
    )


@bp.post("/mailbox/schools/<box>")
@needs(PUBLIC)
@throttle.limit(WRITERS)
def send(box: str) -> Response:
    """Keep the letter and show its code; the same form sent again shows the same code and keeps nothing twice."""
    found, form, made = queries.box(current_actor(), box), LetterForm(), []
    form.offer()
    again = SENDING.fullmatch(form.sending.data or "") and queries.id_of(code_for(form.sending.data))
    if again:
        return _receipt(found, form)
    try:
        if carried_out(form, lambda: made.append(_put_in(found, form))):
            return _receipt(found, form)
    except TooSoon as soon:
        return _form_page(
            found, form, 429, _("这里刚才写了太多信，请 %(n)s 分钟后再提交，内容还在本页", n=soon.minutes)
        )
    return _form_page(found, form, 422)


def _put_in(found: Any, form: LetterForm) -> uuid.UUID:
    queries.count_letter(str(request.remote_addr))
    place = sending.new_place(found)
    send_it = sending.send_urgent_letter if form.is_urgent.data else sending.send_letter
    send_it(sending.writer(place.id), place, form.given())
    return place.id


def _receipt(found: Any, form: LetterForm) -> Response:
    back_to_reader()
    return page(
        "improvement/citizen_letters/public/receipt.html",
        box=found,
        code=spelled(code_for(form.sending.data or "")),
        urgent=bool(form.is_urgent.data),
        answer_days=letter_numbers().answer_days,
        follow_url=url_for("mailbox.door"),
        follow_address=url_for("mailbox.door", _external=True),
    )


def back_to_reader() -> None:
    """The page is drawn for whoever asks, not for the letter."""
    actor = current_actor()
    use_context(None if actor is NOBODY else actor.context())


@bp.get("/mailbox/schools/<box>/replies")
@needs(PUBLIC)
@throttle.limit(READERS)
def replies(box: str) -> Response:
    """Questions and answers of the school that the office shows to everybody."""
    found = queries.box(current_actor(), box)
    shown = queries.replies(current_actor(), found, filters.cursor()) if found.shows_replies else ()
    rows, pages = filters.paged(shown)
    return page("improvement/citizen_letters/public/replies.html", box=found, rows=rows, pages=pages)
