"""A writing request happens once under its Idempotency-Key: the row is kept with the deed, repetitions get the same answer."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import request
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.api.models import ApiRequest
from app.api.tokens import bearer
from app.core.database import db, keep
from app.core.errors import Invalid, Sentence, StepRefused

LONGEST = 200
OTHER_BODY = Sentence(
    "这个 Idempotency-Key 已用于另一份内容，请换一个新值",
    "This Idempotency-Key was used with another body; take a new one.",
)
UNFINISHED = Sentence(
    "这个请求已经收到，正在办或刚办完，请读取记录看结果",
    "This request was received and is being carried out or just was; read the records to see.",
)


def before(key: str) -> dict[str, Any] | None:
    """Call right before the deed: the kept answer of a repetition, else None, with the key held until the deed commits.

    Raises Invalid for another body under a used key, StepRefused while the first one is still at work.
    """
    token = bearer()
    assert token is not None
    values = {"token_id": token.id, "key": key, "fingerprint": _fingerprint()}
    mine = db.session.scalar(insert(ApiRequest).values(**values).on_conflict_do_nothing().returning(ApiRequest.id))
    if mine is not None:
        return None
    first = db.session.execute(
        select(ApiRequest.fingerprint, ApiRequest.answer).where(ApiRequest.token_id == token.id, ApiRequest.key == key)
    ).first()
    if first is None or (first.fingerprint == values["fingerprint"] and first.answer is None):
        raise StepRefused((UNFINISHED,))
    if first.fingerprint != values["fingerprint"]:
        raise Invalid("Idempotency-Key", OTHER_BODY)
    kept: dict[str, Any] = first.answer
    return kept


def after(key: str, status: int, answer: dict[str, Any]) -> None:
    """Call once the deed is kept: this is what every repetition gets."""
    token = bearer()
    assert token is not None
    keep(
        update(ApiRequest)
        .where(ApiRequest.token_id == token.id, ApiRequest.key == key)
        .values(status=status, answer=answer)
        .execution_options(synchronize_session=False)
    )


def _fingerprint() -> bytes:
    return hashlib.sha256(f"{request.method} {request.path}\n".encode() + request.get_data()).digest()
