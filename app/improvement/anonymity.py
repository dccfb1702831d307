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


PUPILS = text(
    """select distinct name from students
       where county_id = :county and (cast(:school as uuid) is null or school_id = :school) and (
           (char_length(name) >= 3 and position(name in :words) > 0)
           or (char_length(name) = 2 and position(name in :words) > 0
               and (cast(:school as uuid) is not null or exists (
                   select from unnest(string_to_array(:titles, '|')) title
                   where position(name || title in :words) > 0 or position(title || name in :words) > 0))))
       order by name limit 8"""
)
"""In one school's own words a name of two characters counts by itself; among a whole county's pupils beside a title only."""


def pupils_in(county_id: uuid.UUID, school_id: uuid.UUID | None, *texts: str) -> tuple[str, ...]:
    """Names on the roll of the school (of all schools of the county where None) that stand in the texts, at most eight.

    A worker's question: no desk of the county is shown a school's roll (decision 13), and other contexts find nothing.
    """
    words = unicodedata.normalize("NFKC", "\n".join(texts))
    if len(words.strip()) < LEAST_NAME:
        return ()
    given = {"county": county_id, "school": school_id, "words": words, "titles": TITLES}
    return tuple(db.session.scalars(PUPILS, given))


SCHOOLS = text(
    """select name from units where county_id = :county and kind = 'school' and id is distinct from cast(:own as uuid)
       and (position(name in :words) > 0 or (char_length(short_name) >= 3 and position(short_name in :words) > 0))
       order by code limit 8"""
)


def schools_in(county_id: uuid.UUID, own_id: uuid.UUID | None, *texts: str) -> tuple[str, ...]:
    """Schools of the county that the texts name, at most eight; the one that publishes (`own_id`) may name itself."""
    words = unicodedata.normalize("NFKC", "\n".join(texts))
    if len(words.strip()) < LEAST_NAME:
        return ()
    return tuple(db.session.scalars(SCHOOLS, {"county": county_id, "own": own_id, "words": words}))
