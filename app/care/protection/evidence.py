"""What the area of care hands in to the evidence of controls: the register of purposes, requests of persons (security 88)."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.care.protection.models import PURPOSE, ImpactAssessment
from app.care.protection.purposes import purposes
from app.care.rights.models import RightsRequest
from app.core import clock
from app.core.calendar import add_working_days
from app.core.database import db
from app.people.controls.register import Found, Look, judged, measures
from workflows.care.rights_request import RECEIVED

CALENDAR_DAYS = timedelta(days=31)


@measures("purposes")
def registered(look: Look) -> Found:
    """Purposes of the register, and those of them that rest on consent or an emergency with an assessment in force."""
    known = purposes()
    weighed = {code for code, one in known.items() if one.basis != "duty"}
    held = select(ImpactAssessment.subject).where(
        ImpactAssessment.county_id == look.county_id, ImpactAssessment.kind == PURPOSE,
        ImpactAssessment.state == "active", ImpactAssessment.review_on >= clock.today(),
    )  # fmt: skip
    in_force = set(db.session.scalars(held))
    return judged(
        bool(in_force),
        f"登记的目的 {len(known)} 项；凭同意或紧急情况的 {len(weighed)} 项中影响评估生效的 {len(weighed & in_force)} 项，"
        "没有生效的不能开始",
        f"Purposes in the register: {len(known)}; of {len(weighed)} on consent or emergency an assessment is in force of"
        f" {len(weighed & in_force)}; the others cannot begin",
    )


@measures("requests_in_time")
def requests_in_time(look: Look) -> Found:
    """Requests that wait for an answer longer than their clock allows."""
    days = RECEIVED.deadlines[0].days  # type: ignore[attr-defined]
    of_county = RightsRequest.county_id == look.county_id
    last = clock.today()
    open_since = db.session.scalars(
        select(RightsRequest.created_at).where(of_county, RightsRequest.state.in_(("received", "preparing")))
    ).all()
    late = sum(add_working_days(clock.local(at).date(), days) < last for at in open_since)
    count = db.session.scalar(select(func.count()).select_from(RightsRequest).where(of_county)) or 0
    return judged(
        late == 0,
        f"请求 {count} 件，等答复的 {len(open_since)} 件，超过 {days} 个工作日的 {late} 件",
        f"Requests: {count}, waiting: {len(open_since)}, later than allowed (working days: {days}): {late}",
    )
