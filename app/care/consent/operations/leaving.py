"""Who left the school: what was asked or agreed there ends, and personal codes with it. The next school asks anew.

Where the leaving is taken back, as with a list of the county that was wrong, it never was: both are in force again.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import TextClause, text

from app.core import clock
from app.core.audit import trail
from app.core.casework import daily
from app.core.copying import allow_long_statements
from app.core.database import db, use_context
from app.core.imports.grades import school_year
from app.core.policy.actor import SYSTEM

_ASKED = "k.asked_on"
_GIVEN = "(c.created_at at time zone 'Asia/Shanghai')::date"
_LEFT = f"(s.left_on <= :today or s.from_on > {_ASKED}) and k.state in ('requested', 'granted')"
_OVER = f"(s.left_on <= :today or s.from_on > {_GIVEN}) and c.ended_at is null"
"""Away now, or on the roll again since: whoever left and is back before the sweep came was away as well."""
WAITING = text(
    f"""select exists (select from students s join consents k on k.student_id = s.id where {_LEFT})
          or exists (select from students s join access_codes c on c.student_id = s.id where {_OVER})"""
)
END = text(
    f"""update consents k set previous_state = k.state, state = 'expired', state_since = :now, version = k.version + 1
        from students s where s.id = k.student_id and {_LEFT} returning k.id"""
)
END_CODES = text(
    f"""update access_codes c set ended_at = :now, ended_as = 'left'
        from students s where s.id = c.student_id and {_OVER}"""
)

_HERE = "(s.left_on is null or s.left_on > :today)"
_STANDS = f"""{_HERE} and k.state = 'expired' and k.previous_state in ('requested', 'granted')
    and k.school_year >= :year and s.from_on <= {_ASKED}
    and not exists (select from consents o where o.student_id = k.student_id and o.purpose = k.purpose
                      and o.school_year = k.school_year
                      and (o.asked_on, o.created_at, o.id) > (k.asked_on, k.created_at, k.id))"""
"""On the roll without a break since it was asked, and nothing was asked after it."""
_OPENS = f"""{_HERE} and c.ended_as = 'left' and c.expires_at > :now
    and s.from_on <= {_GIVEN}
    and not exists (select from access_codes o where o.student_id = c.student_id and o.kind = c.kind
                      and (o.created_at, o.id) > (c.created_at, c.id))"""
NEVER_LEFT = text(
    f"""select exists (select from students s join consents k on k.student_id = s.id where {_STANDS})
          or exists (select from students s join access_codes c on c.student_id = s.id where {_OPENS})"""
)
STAND = text(
    f"""update consents k set previous_state = k.state, state = k.previous_state, state_since = :now,
               version = k.version + 1
        from students s where s.id = k.student_id and {_STANDS} returning k.id"""
)
OPEN_CODES = text(
    f"""update access_codes c set ended_at = null, ended_as = null
        from students s where s.id = c.student_id and {_OPENS}"""
)


def end_all_of_leavers() -> int:
    """Consents and codes of students who left, all in one act with number and digest (decision 20); how many consents.

    An agreement is given to one school for one purpose: whoever takes the child on asks anew and reads nothing of what
    was said here. What was said, and that it ended, stays with the school that asked. Asked by the sweep.
    """
    return _moved(WAITING, "consent.end_with_roll", END, END_CODES)


def let_stand_of_who_never_left() -> int:
    """Consents and codes that ended with a leaving which was taken back, likewise in one act; how many consents.

    Whoever was away in between is asked anew, as is whoever was asked anew already. Asked by the sweep.
    """
    return _moved(NEVER_LEFT, "consent.stand_again", STAND, OPEN_CODES)


def _moved(waiting: TextClause, step: str, consents: TextClause, codes: TextClause) -> int:
    use_context(SYSTEM.context())
    today = clock.today()
    values = {"now": clock.now(), "today": today, "year": school_year(today.year, today.month)}
    if not db.session.scalar(waiting, values):
        return 0
    with trail.act(SYSTEM, "system", step) as deed:
        allow_long_statements()
        moved = sorted(str(one) for one in db.session.scalars(consents, values))
        changed: Any = db.session.execute(codes, values)
        digest = hashlib.sha256("\n".join(moved).encode()).hexdigest()
        deed.main.extra.update(rows=len(moved), digest=digest, codes=changed.rowcount)
    return len(moved)


def register() -> None:
    """Hand in the jobs of each day."""
    daily.add(end_all_of_leavers)
    daily.add(let_stand_of_who_never_left)
