"""A county of any size in the bench's database: schools, staff, problem items with their clocks, plans and measures."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, text

from app.core import clock
from app.core.audit import trail
from app.core.copying import allow_long_statements
from app.core.database import db, new_ref, use_context, uuid7
from app.core.policy.actor import SYSTEM, Actor
from app.demo import names, tree
from app.people.identity import sessions
from app.people.identity.models import SignInSession

SIZE = 40_000
OFFICE = 60
"""Evaluators of the office: the general throttle counts each account, and the bench asks as many people would."""
STATES = ("implementing", "implementing", "evaluating", "planning", "accepted", "diagnosing", "issued", "implementing")
FILTERED = "implementing"
MEASURES = 9000
"""Items, the first ones, that have a plan in force with one measure that nobody has begun."""


@dataclass
class County:
    """What was written: `tree` with units and players, how many items, and the school that lists are narrowed to."""

    tree: tree.County
    items: int
    school: uuid.UUID
    school_ref: str
    office: list[str] = field(default_factory=list)
    """Session tokens of the evaluators."""
    heads: dict[uuid.UUID, tuple[Actor, str]] = field(default_factory=dict)
    """School → its principal and the principal's session token."""


def build(app: Flask, items: int, measures: int = MEASURES) -> County:
    """Everything by set-based statements in two acts, then statistics as autovacuum would have made them."""
    with app.app_context():
        use_context(SYSTEM.context())
        builder = tree.Builder("330901", "清澜县教育局", 2026)
        builder.groups()
        builder.schools(names.schools())
        builder.people()
        for _ in range(OFFICE):
            builder.player("evaluator", names.person(builder.random), "BG")
        made = builder.write()
        school = next(iter(made.schools.values()))[0]
        ref = db.session.execute(text("select ref from units where id = :id"), {"id": school}).scalar_one()
        county = County(made, items, school, ref)
        _items(county, measures)
        heads = [made.at("principal", school) for school in made.schools]
        county.office = signed_in([player.actor for player in made.players["evaluator", "BG"]])
        tokens = signed_in(heads)
        county.heads = {
            head.school_id: (head, token) for head, token in zip(heads, tokens, strict=True) if head.school_id
        }
        db.session.close()
    return county


def _items(county: County, measures: int) -> None:
    list_id, office = uuid7(), county.tree.any("evaluator")
    keys = {
        "county": county.tree.id, "list": list_id, "list_ref": new_ref(), "office": county.tree.units["BG"],
        "owner": office.person_id, "today": clock.today(), "states": list(STATES), "items": county.items,
        "measures": measures,
    }  # fmt: skip
    with trail.act(SYSTEM, "system", "bench.items") as deed:
        allow_long_statements()
        for statement in (LIST, ITEMS, CLOCKS, PLANS, ACTIONS, CRITERIA):
            db.session.execute(text(statement), keys)
        deed.main.extra["items"] = county.items


def signed_in(actors: list[Actor]) -> list[str]:
    """A running session for each, as after both factors."""
    tokens, now = [sessions.new_token() for _ in actors], clock.now()
    with trail.act(SYSTEM, "system", "bench.sign_in"):
        db.session.execute(
            insert(SignInSession),
            [
                {
                    "token_hash": sessions.hash_of(token), "account_id": actor.account_id,
                    "assignment_id": actor.assignment_id, "epoch": 1, "verified_at": now, "fresh_at": now,
                    "last_seen_at": now, "ends_at": now + timedelta(hours=12),
                }
                for token, actor in zip(tokens, actors, strict=True)
            ],
        )  # fmt: skip
    return tokens


LIST = """
insert into problem_lists (id, ref, county_id, level, number, title, unit_id, owner_id, state, issued_on, document_number)
values (:list, :list_ref, :county, 'county', 'QD-001', '2026年问题清单', :office, :owner, 'in_progress',
        cast(:today as date) - 60, '清监办〔2026〕1号')"""
ITEMS = """
with schools as (
    select u.id, row_number() over (order by u.code) - 1 as n, count(*) over () as total,
           (select r.person_id from role_assignments r where r.unit_id = u.id and r.role = 'principal' limit 1) as head
    from units u where u.county_id = :county and u.kind = 'school')
insert into problem_items (county_id, school_id, number, list_id, position, title, description, category, domain_code,
    source_type, severity, unit_id, responsible_person_id, owner_id, co_units, subject, grade, baseline, target, due_on,
    issued_on, accepted_on, state, state_since)
select :county, s.id, 'WT-' || lpad(g::text, 6, '0'), :list, g, '四年级数学“图形与几何”得分低于全县均值（第' || g || '项）',
       '与全县同年级相比有明显差距，近两轮监测均如此。', (array['subject', 'management'])[1 + g % 2], 'teaching', 'monitoring',
       (array['mild', 'moderate', 'severe', 'moderate'])[1 + g % 4], s.id, s.head, s.head, '[]'::jsonb, 'math', 'G4',
       480, 500, cast(:today as date) + (g * 7 % 400)::int - 40, cast(:today as date) - 60, cast(:today as date) - 55,
       (cast(:states as text[]))[1 + (g / s.total) % 8], now() - make_interval(hours => (g % 1400)::int)
from generate_series(1, :items) g join schools s on s.n = g % s.total"""
CLOCKS = """
insert into deadlines (entity, record_id, unit_id, county_id, school_id, name, started_at, due_at)
select 'problem_items', i.id, i.unit_id, i.county_id, i.school_id, i.state || '.step', i.state_since,
       i.state_since + make_interval(days => 30)
from problem_items i where i.list_id = :list"""
PLANS = """
insert into remediation_plans (item_id, county_id, school_id, edition, unit_id, owner_id, problem, goal, state, approved_on)
select i.id, i.county_id, i.school_id, 1, i.unit_id, i.owner_id, i.description, '缩小差距', 'active', cast(:today as date) - 30
from problem_items i where i.list_id = :list and i.state = 'implementing'
order by i.position limit :measures"""
ACTIONS = """
insert into remediation_actions (plan_id, county_id, school_id, unit_id, owner_id, title, planned_start, planned_end, state)
select p.id, p.county_id, p.school_id, p.unit_id, p.owner_id, '每两周一次“图形与几何”专题教研', cast(:today as date) - 10,
       cast(:today as date) + 90, 'not_started'
from remediation_plans p where p.county_id = :county"""
CRITERIA = """
insert into evidence_criteria (action_id, county_id, school_id, position, text)
select a.id, a.county_id, a.school_id, 1, '教研记录与听课记录各不少于四份' from remediation_actions a where a.county_id = :county"""


def waiting_measures(county: County, many: int) -> list[Any]:
    """Ref and school of measures that nobody has begun, spread over the schools; in an application context."""
    wanted = """select a.ref, a.school_id from remediation_actions a where a.state = 'not_started'
                order by md5(a.ref) limit :many"""
    use_context(SYSTEM.context())
    found = list(db.session.execute(text(wanted), {"many": many}))
    db.session.rollback()
    assert len(found) == many, f"only {len(found)} measures wait in the county of {county.items:,} items"
    return found
