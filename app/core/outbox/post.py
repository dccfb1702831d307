"""Writing an intention down in the open transaction: if the deed is kept, so is the intention."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.core import clock
from app.core.audit import trail


def post(kind: str, about: Any = None, *, queue: str = "letters", due_at: datetime | None = None, **data: Any) -> None:
    """Queue what `kind` stands for; `data` holds ids and codes only. Raises RuntimeError outside an act."""
    if trail.current() is None:
        raise RuntimeError("post() belongs inside an operation: the intention is kept with the deed or not at all.")
    trail.put_off(
        "post",
        kind=kind,
        queue=queue,
        entity=getattr(type(about), "__tablename__", None) if about is not None else None,
        record=getattr(about, "id", None),
        county=getattr(about, "county_id", None),
        due_at=(due_at or clock.now()).isoformat(),
        data={
            key: str(value) if not isinstance(value, int | str | bool | list) else value for key, value in data.items()
        },
    )
