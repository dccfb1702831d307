"""The line 现在等: whom a record waits for, which is the role above where nobody below may take its step."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from app.core.casework.next_level import above
from app.core.web.chips import word


def whom(record: Any, said: tuple[str, ...], *rights: str) -> tuple[str, ...]:
    """What a page says of its record, ending with who and what for; or, where the step has gone up, the role above and why.

    rights: as for `above`.
    """
    up = above([record], *rights).get(record.id) if any(said) else None
    if up is None:
        return said
    *before, _who, what = said
    return (*before, word(up.who), _("%(what)s（%(why)s）", what=what.rstrip("。. "), why=word(up.why)))
