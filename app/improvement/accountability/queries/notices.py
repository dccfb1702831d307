"""Reads of circulars: what is on public notice and what was made known in the county."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor
from app.improvement.accountability.models import AccountabilityNotice
from app.improvement.disclosure.models import PublicPage

READ, OBJECT = "accountability.read_notices", "accountability.object_to_notice"
PAGE = 50


def notices(actor: Actor, about: str = "", after: str = "") -> Sequence[AccountabilityNotice]:
    """Circulars of the county, the newest first; one more than a page."""
    found = decide.visible(actor, select(AccountabilityNotice), AccountabilityNotice, READ)
    if about:
        found = found.where(AccountabilityNotice.about == about)
    if after:
        edge = select(AccountabilityNotice.id).where(AccountabilityNotice.ref == after).scalar_subquery()
        found = found.where(AccountabilityNotice.id < edge)
    return db.session.scalars(found.order_by(AccountabilityNotice.id.desc()).limit(PAGE + 1)).all()


def notice_for(actor: Actor, ref: str) -> AccountabilityNotice:
    """One circular. Raises NotFound."""
    wanted = select(AccountabilityNotice).where(AccountabilityNotice.ref == ref)
    found: AccountabilityNotice | None = db.session.scalar(decide.visible(actor, wanted, AccountabilityNotice, READ))
    if found is None:
        raise NotFound("accountability_notice", ref)
    return found


def public_page_of(actor: Actor, notice: AccountabilityNotice) -> PublicPage | None:
    """The public page with the same words, as long as it is open."""
    wanted = select(PublicPage).where(
        PublicPage.entity == "accountability_records",
        PublicPage.record_id == notice.record_id,
        PublicPage.ended_on.is_(None),
    )
    return db.session.scalar(wanted.order_by(PublicPage.id.desc()).limit(1))
