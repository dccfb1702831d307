"""The kind of file that brings consents on paper: a round, the students it asks, and what stands already."""

from __future__ import annotations

from sqlalchemy import text

from app.care.consent.models import age_on
from app.care.consent.operations import paper_lists
from app.care.consent.operations.paper_lists import round_of
from app.care.consent.queries.rounds import round_for
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound
from app.core.imports.directory import Lookups
from app.core.imports.models import ImportBatch
from app.core.imports.papers import Asked, Consenting
from app.core.imports.registry import ImportKind, Target
from app.core.policy.actor import Actor

ASKED = text(
    """select s.student_no, coalesce(c.name, '') as class_name, k.state, s.left_on is not null as left_school,
              s.birth_date, jsonb_array_length(coalesce(s.guardians, '[]')) as guardians,
              exists (select from students o where o.county_id = s.county_id and o.student_no = s.student_no
                        and o.school_id <> s.school_id and o.left_on is null) as elsewhere
       from students s left join school_classes c on c.id = s.class_id
         left join consents k on k.student_id = s.id and k.round_id = :round and k.school_id = s.school_id
       where s.school_id = :school and s.county_id = :county order by s.student_no"""
)


def place(actor: Actor, ref: str | None) -> Target:
    """The round of the actor's own school. Raises NotFound."""
    if actor.school_id is None or actor.county_id is None:
        raise NotFound("consent_round", ref or "")
    found = round_for(actor, ref or "")
    return Target(actor.county_id, actor.school_id, actor.unit_id, found.title, found.address, found)


def known(batch: ImportBatch) -> Lookups:
    """The round and where each of the school's students stands in it."""
    round_, today = round_of(batch), clock.today()
    values = {"round": round_.id, "school": batch.school_id, "county": batch.county_id}
    asked = {
        row.student_no: Asked(
            row.class_name,
            _standing(row.state, row.left_school, row.elsewhere),
            age_on(row.birth_date, today),
            row.guardians,
        )
        for row in db.session.execute(ASKED, values)
    }
    return Lookups(as_of=today, consenting=Consenting(round_.purpose, round_.notice_version, round_.asked_on, asked))


def _standing(state: str | None, left: bool, elsewhere: bool) -> str:
    if left:
        return "left"
    if elsewhere:
        return "two_schools"
    if state is None:
        return "outside"
    return "asked" if state == "requested" else "settled"


CONSENTS: ImportKind[ImportBatch] = ImportKind(
    "consents",
    "纸质知情同意",
    "Consents on paper",
    target=place,
    lookups=known,
    accept=paper_lists.keep_list,
    roll_back=paper_lists.nothing_to_take_back,
    depends=paper_lists.kept_of,
    school_private=True,
    personal=True,
    second_person=True,
    from_record=True,
)
