"""Decision 8, security 5: the answer to a wrong password takes as long for a name that is there as for one that is not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.core.database import db, keep, use_context
from app.core.limits import Attempts
from app.core.policy.actor import SYSTEM
from app.people.identity.models import Account
from bench.context import Context
from bench.rounds import figure, interleave, seconds

TRIES, ROUNDS = 12, 9
HTTPS = "https://localhost"
REFUSED = re.compile("还可以试|请过几分钟再试")
"""What is left to try is told for every name alike."""


def run(context: Context) -> list[dict[str, Any]]:
    """Seconds of a refusal, by turns; an answer of another kind raises AssertionError."""
    assert context.county.items
    with context.app.app_context():
        use_context(SYSTEM.context())
        known = list(db.session.scalars(select(Account.name).order_by(Account.name).limit(TRIES)))
        db.session.rollback()
    assert len(known) == TRIES
    number = count()

    def there() -> float:
        return _refused(context, known)

    def nobody() -> float:
        return _refused(context, [f"nobody.{next(number)}" for _ in range(TRIES)])

    rounds = interleave(there, nobody, rounds=ROUNDS)
    apart = max(rounds.ratio, 1 / rounds.ratio)
    method = (
        f"a wrong password for {TRIES} names that are there, one Argon2id run and one entry of the trail each; partner: names "
        f"that are not, {median(rounds.partner) * 1000:.1f} ms in the same rounds; judged by how far the ratio is from 1"
    )
    value = median(rounds.ours) * 1000
    return [figure("security 5 known name", value, "ms", rounds=rounds, judged=apart, goal=("<=", 1.1), method=method)]


def _refused(context: Context, names: Sequence[str]) -> float:
    """Mean seconds of one answer."""
    with context.app.app_context():
        keep(delete(Attempts))
    client = context.app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in", base_url=HTTPS).text)
    assert token is not None
    asked = [{"name": name, "password": "not the password", "csrf_token": token[1]} for name in names]
    return seconds(lambda: [_one(client, given) for given in asked]) / len(asked)


def _one(client: FlaskClient, given: dict[str, str]) -> None:
    answer = client.post("/sign-in", data=given, base_url=HTTPS, headers={"Referer": f"{HTTPS}/sign-in"})
    assert REFUSED.search(answer.text), f"{answer.status_code}: not the refusal of a name"
