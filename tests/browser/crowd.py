"""Forty schools with long names beside the one of a furnished site, each with its items, its files asked for and its effects."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from app.core import clock
from app.core.database import Base, db, new_ref, use_context, uuid7
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from tests.browser.conftest import Site
from tests.by_hand import by_hand

SCHOOLS, MEASURED = 40, 6
LETTER = (
    "The plan of the item on numbers and algebra in grade eight was sent back; mend it for the reason that was given"
)
LONG = "闭环县第%d实验中学（滨海新区校区）初中部"


def crowd(site: Site) -> None:
    """Write them: copies of the rows that the site has, each in the hand of its own school."""
    site.inside(lambda: _write(site))


def busy(site: Site, key: str) -> None:
    """One person with six visits in the next days, a dozen visits more to prepare, and five letters."""
    site.inside(lambda: _keep_busy(site, site.cast[key].person_id, site.cast[key].role))


def _keep_busy(site: Site, person: uuid.UUID, role: str) -> None:
    use_context(SYSTEM.context())
    scope = "八年级数学分层作业整改情况，新课程标准落实情况，作业总量和睡眠时间"
    with by_hand("test.busy"):
        for n in range(18):
            day = clock.today() + timedelta(days=n % 6) if n < 6 else clock.today() + timedelta(days=40 + n)
            visit = _copied(
                site, "supervision_visits", number=f"SD-B{n}", state="draft", visit_on=day, scope=scope, owner_id=person
            )
            _copied(site, "visit_members", visit_id=visit, person_id=person, role=role, left_on=None)
        for n in range(5):
            title = f"WT-00{n} 八年级数学数与代数得分率低于全县：整改方案已退回，请按理由修改"
            db.session.add(
                InboxLetter(
                    person_id=person, kind="step_taken", title_zh=title, title_en=f"{LETTER} {n}", address="/todo"
                )
            )
    db.session.commit()


def _write(site: Site) -> None:
    use_context(SYSTEM.context())
    with by_hand("test.crowd"):
        indicators = [
            _copied(site, "indicators", code=f"MA-{n}", name=f"数与代数的运算能力{n}") for n in range(MEASURED)
        ]
        for n in range(SCHOOLS):
            _school(site, n, indicators)
    db.session.commit()


def _school(site: Site, n: int, indicators: list[uuid.UUID]) -> None:
    name = LONG % (n + 1)
    unit = _copied(site, "units", of=site.records.unit.id, code=f"Z{n:03}", name=name, short_name=name)
    own = {"unit_id": unit, "school_id": unit}
    for k in range(3):
        item = _copied(
            site, "problem_items", number=f"ZR-{n}-{k}", state=("issued", "implementing", "closed")[k], **own
        )
    plan = _copied(site, "remediation_plans", item_id=item, number=f"ZR-{n}", state="active", **own)
    for month in range(4):
        end = clock.today().replace(day=28)
        action = _copied(
            site,
            "remediation_actions",
            plan_id=plan,
            item_id=item,
            planned_end=end.replace(year=end.year + (end.month + month) // 13, month=(end.month + month - 1) % 12 + 1),
            **own,
        )
        _copied(site, "evidence_criteria", action_id=action, minimum=month + 10, **own)
    for k, indicator in enumerate(indicators):
        if (n + k) % 4:
            _copied(
                site,
                "monitoring_results",
                indicator_id=indicator,
                cell_key=f"{n}|{k}",
                scope_level="school",
                class_no=None,
                grade="G8",
                n=128,
                value=470.5,
                verdict=("candidate", "watch", "strength")[k % 3],
                effect=(-0.4, 0.02, 0.35)[k % 3],
                effect_low=(-0.65, -0.2, 0.1)[k % 3],
                effect_high=(-0.15, 0.24, 0.6)[k % 3],
                **own,
            )


def _copied(site: Site, table_name: str, /, of: uuid.UUID | None = None, **changed: Any) -> uuid.UUID:
    table = Base.metadata.tables[table_name]
    row = db.session.execute(select(table).where(table.c.id == (of or site.records.ids[table_name]))).mappings().one()
    fresh = {"id": uuid7(), "ref": new_ref(), **changed}
    values = {key: fresh.get(key, value) for key, value in row.items()}
    db.session.execute(insert(table), values)
    return values["id"]  # type: ignore[no-any-return]
