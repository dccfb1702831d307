"""Writing an intention down in the open transaction: if the deed is kept, so is the intention."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from app.core import clock
from app.core.audit import trail
from app.core.database import db
from app.core.outbox.models import OutboxRow

OUTBOX = cast(Table, OutboxRow.__table__)


def post(kind: str, about: Any = None, *, queue: str = "letters", due_at: datetime | None = None, **data: Any) -> None:
    """Queue what `kind` stands for; `data` holds ids and codes only. Raises RuntimeError outside an act."""
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


def post_all(kind: str, model: Any, ids: Sequence[uuid.UUID], *, queue: str = "letters", **data: int | str) -> None:
    """As `post`, about many records of one model, by one statement; none of them is read. Raises RuntimeError outside an act."""
    if trail.current() is None:
        raise RuntimeError(
            "post_all() belongs inside an operation: the intentions are kept with the deed or not at all."
        )
    now = clock.now()
    row = {"kind": kind, "queue": queue, "entity": model.__tablename__, "posted_at": now, "due_at": now}
    chosen = (
        select(*map(literal, row.values()), literal(data, JSONB), model.id, model.county_id)
        .where(model.id == any_(bindparam("ids", list(ids), type_=ARRAY(Uuid))))
        .order_by(model.id)
    )
    columns = [OUTBOX.c[name] for name in (*row, "data", "record_id", "county_id")]
    db.session.execute(insert(OUTBOX).from_select(columns, chosen, include_defaults=False))
