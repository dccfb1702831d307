"""What the system does by itself: a letter that nobody rates ends, and a contact is erased some days after the end."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.casework.daily import take_each
from app.core.casework.door import operation
from app.core.database import use_context
from app.core.policy.actor import SYSTEM, Actor
from app.improvement.citizen_letters.models import CitizenLetter
from app.improvement.citizen_letters.numbers import letter_numbers
from workflows.improvement.citizen_letter import CITIZEN_LETTER

OVER = ("closed", "refused")


@operation(CITIZEN_LETTER, "lapse")
def lapse_rating(actor: Actor, letter: CitizenLetter, given: None = None) -> None:
    """Nobody rated the answer in time."""


@operation(right="system", name="citizen_letter.erase_contact")
def erase_contact(actor: Actor, letter: CitizenLetter, given: None = None) -> None:
    """Take the telephone number or e-mail address away."""
    letter.contact_sealed, letter.contact_erased_on = None, clock.today()


def erase_contacts() -> int:
    """The job of each sweep: contacts of letters that ended so many days ago; how many were erased."""
    use_context(SYSTEM.context())
    since = clock.now() - timedelta(days=letter_numbers().contact_days)
    wanted = select(CitizenLetter).where(
        CitizenLetter.state.in_(OVER), CitizenLetter.contact_sealed.is_not(None), CitizenLetter.state_since < since
    )
    return take_each(wanted, CitizenLetter, lambda letter: erase_contact(SYSTEM, letter, None))


def end_unrated() -> int:
    """The job of each sweep: answers whose days for the rating are over; how many letters ended."""
    use_context(SYSTEM.context())
    wanted = select(CitizenLetter).where(CitizenLetter.state == "answered", CitizenLetter.rate_by < clock.today())
    return take_each(wanted, CitizenLetter, lambda letter: lapse_rating(SYSTEM, letter, None))
