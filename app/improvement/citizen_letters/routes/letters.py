"""The queue of letters, one of them, its contact, and the figures of the county."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.core.audit import trail
from app.core.policy import decide
from app.core.web import filters
from app.core.web.chips import word
from app.core.web.current import current_actor, needs
from app.core.web.offers import chips_of, notes_of, offers_of, story_of
from app.core.web.pages import page
from app.improvement.citizen_letters.queries import letters as queries
from app.improvement.citizen_letters.queries.visiting import asked_at
from app.improvement.citizen_letters.routes.blueprint import letters_bp as bp
from app.improvement.citizen_letters.routes.handling import further_ways, ways_of
from app.improvement.citizen_letters.sealing import unsealed
from app.improvement.citizen_letters.words import TOPICS
from app.improvement.visits.words import SEEN
from workflows.improvement.citizen_letter import CITIZEN_LETTER


@bp.get("/citizen-letters")
@needs(queries.VIEW)
def index() -> Response:
    """Letters, the newest first; what they say stands on their own pages alone."""
    actor, after = current_actor(), request.args.get("after", "")
    state = filters.choice("state", _("状态"), [(one.code, word(one)) for one in CITIZEN_LETTER.states], many=True)
    topic = filters.choice("topic", _("事项"), [(code, word(one)) for code, one in TOPICS.items()], many=True)
    rows = queries.letters(actor, state.chosen, topic.chosen, after=after)
    more, rows = len(rows) > queries.PAGE, rows[: queries.PAGE]
    return page(
        "improvement/citizen_letters/letters.html",
        rows=rows,
        listing=filters.bar([state, topic]),
        clocks=chips_of(rows),
        may_open=decide.holds(actor, queries.OPEN_BOX),
        may_count=decide.holds(actor, queries.FIGURES),
        next_url=filters.address(after=rows[-1].ref) if more else "",
        first_url=filters.address() if after else "",
    )


@bp.get("/citizen-letters/<ref>")
@needs(queries.VIEW)
def show(ref: str) -> Response:
    """One letter with its words; that it was read stands in the trail."""
    actor = current_actor()
    found = queries.letter_for(actor, ref)
    trail.saw(actor, found, "citizen_letter")
    return page(
        "improvement/citizen_letters/letter.html",
        letter=found,
        said=queries.words_of(found),
        merged=queries.merged_into(actor, found),
        may_see_contact=found.contact_sealed is not None and decide.may(actor, queries.CONTACT, found),
        looked_at=asked_at(actor, found),
        seen_words=SEEN,
        notes=notes_of(found),
        offers=[*offers_of(actor, found, ways_of(found)), *further_ways(actor, found)],
        story=story_of(actor, [found]),
        back_url=url_for("citizen_letters.index"),
    )


@bp.get("/citizen-letters/<ref>/contact")
@needs(queries.CONTACT)
def contact(ref: str) -> Response:
    """How the writer can be reached, for the one who answers; each look stands in the trail."""
    actor = current_actor()
    found = queries.letter_for(actor, ref, queries.CONTACT)
    trail.saw(actor, found, "citizen_letter.contact")
    return page(
        "improvement/citizen_letters/contact.html",
        letter=found,
        contact=unsealed(found, "contact_sealed"),
        back_url=found.address,
    )


@bp.get("/citizen-letters/figures")
@needs(queries.FIGURES)
def figures() -> Response:
    """The county this year: answered in time, and how the answers were rated; never by school."""
    since = queries.year_begins()
    return page(
        "improvement/citizen_letters/figures.html", figures=queries.figures(current_actor(), since), since=since
    )
