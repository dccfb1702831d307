"""Who left the school: what was asked or agreed there ends, and personal codes with it. The next school asks anew."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import text

from app.core import clock
from app.core.audit import trail
from app.core.casework import daily
from app.core.copying import allow_long_statements
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM

_LEFT = "s.left_on <= :today and k.state in ('requested', 'granted')"
_OVER = "s.left_on <= :today and c.ended_at is null"
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


def end_all_of_leavers() -> int:
    """Consents and codes of students who left, all in one act with number and digest (decision 20); how many consents.

    An agreement is given to one school for one purpose: whoever takes the child on asks anew and reads nothing of what
    was said here. What was said, and that it ended, stays with the school that asked. Asked by the sweep.
    """
    use_context(SYSTEM.context())
    values = {"now": clock.now(), "today": clock.today()}
    if not db.session.scalar(WAITING, values):
        return 0
    with trail.act(SYSTEM, "system", "consent.end_with_roll") as deed:
        allow_long_statements()
        ended = sorted(str(one) for one in db.session.scalars(END, values))
        codes: Any = db.session.execute(END_CODES, values)
        digest = hashlib.sha256("\n".join(ended).encode()).hexdigest()
        deed.main.extra.update(rows=len(ended), digest=digest, codes=codes.rowcount)
    return len(ended)


def register() -> None:
    """Hand in the job of each day."""
    daily.add(end_all_of_leavers)
