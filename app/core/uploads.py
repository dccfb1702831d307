"""How much one person, and one school or office, may send in on one day (security 52).

Counted in kilobytes in rows of PostgreSQL beside the other limits, before a file is looked at, so that neither the disk
nor the checks can be worn out; a tiny file counts as 64 KB, so that a flood of them is bounded too.
"""

from __future__ import annotations

from typing import IO

from flask import current_app
from sqlalchemy import text

from app.core import clock
from app.core.database import keep
from app.core.errors import Invalid, Sentence
from app.core.policy.actor import Actor
from config.settings import Settings

KILOBYTE, MEGABYTE = 1024, 1024
LEAST = 64
COUNT = text(
    """insert into attempts (bucket, count, since) values (:bucket, :more, :now)
       on conflict (bucket) do update set count = attempts.count + :more
       where attempts.count + :more <= :most
       returning count"""
)


def count_upload(actor: Actor, size: int) -> None:
    """Count `size` bytes against today; raises Invalid("file", …) where the person or the school has sent its share."""
    settings: Settings = current_app.extensions["bihuan.settings"]
    for who, most in (
        (f"person:{actor.person_id}", settings.person_day_mb),
        (f"unit:{actor.school_id or actor.unit_id}", settings.school_day_mb),
    ):
        values = {
            "bucket": f"upload:{who}:{clock.today()}",
            "more": max(LEAST, -(-size // KILOBYTE)),
            "most": most * MEGABYTE,
            "now": clock.now(),
        }
        if keep(COUNT, values).scalar() is None:
            raise Invalid("file", _full(who, most))


def count_stream(actor: Actor, stream: IO[bytes]) -> None:
    """The same for a file that is still to be read; it stands at its beginning afterwards."""
    size = stream.seek(0, 2)
    stream.seek(0)
    count_upload(actor, size)


def _full(who: str, most: int) -> Sentence:
    if who.startswith("person:"):
        return Sentence(
            f"你今天上传的文件已满 {most} MB，这一份没有收下；明天 0 点以后再传",
            f"Your uploads of today have reached {most} MB; this one was not taken. Upload it after midnight",
        )
    return Sentence(
        f"你单位今天上传的文件已满 {most} MB，这一份没有收下；明天 0 点以后再传，急用请联系系统管理员",
        f"Your unit's uploads of today have reached {most} MB; this one was not taken. Upload it after midnight, or ask "
        "the administrator",
    )
