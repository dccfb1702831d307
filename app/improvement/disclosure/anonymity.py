"""Whether a text that everybody will read points at a person (domain §10, 未保法: no publication of identity)."""

from __future__ import annotations

import re
import unicodedata
import uuid

from sqlalchemy import text

from app.core.database import db
from app.core.storage.id_numbers import count_in

TITLES = "老师|教师|校长|主任|书记|督学|局长|组长|同学|先生|女士|家长"
TELEPHONE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0\d{2,3}[- ]?\d{7,8})(?!\d)")
NAMES = text(
    """select distinct name from persons
       where county_id = :county and (
           (char_length(name) >= 3 and position(name in :words) > 0)
           or (char_length(name) = 2 and :words ~ ('(' || name || '(' || :titles || ')|(' || :titles || ')' || name || ')')))
       order by name limit 8"""
)
"""Names of two characters are ordinary words too; they count beside a title."""
LEAST_NAME = 2


def persons_in(county_id: uuid.UUID, *texts: str) -> tuple[str, ...]:
    """What in the texts points at a person: names of staff of the county, telephone and identity numbers.

    county_id: whose staff; texts: what is going to be read by everybody. Returns each trace once, the numbers cut short.
    """
    words = unicodedata.normalize("NFKC", "\n".join(texts))
    if len(words.strip()) < LEAST_NAME:
        return ()
    found = list(db.session.scalars(NAMES, {"county": county_id, "words": words, "titles": TITLES}))
    found += [f"{number[:3]}…" for number in TELEPHONE.findall(words)]
    found += ["身份证号"] if count_in(words) else []
    return tuple(dict.fromkeys(found))
