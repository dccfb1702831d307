"""Security requirement 80: who saw one child between two days, from pages, lists and exports; the notices; the drills."""

import io
import re
from datetime import timedelta
from typing import Any

import docx
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import create_engine, select, text

from app.core import clock as core_clock
from app.core.audit import incidents
from app.core.audit.incidents import Asked, Onlooker
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.people.directory import bulk
from app.people.directory.models import Student
from tests.cast import Cast, sign_in
from tests.people.directory.rolls import child

LONG_TRAIL = text("""insert into audit.entries (seq, previous, hash, body)
    select 1000000 + n, 'x', 'x', jsonb_build_object('at', 1, 'kind', 'read', 'step', 'read', 'record', gen_random_uuid(),
        'refs', jsonb_build_array(md5(n::text), md5((-n)::text)))::text from generate_series(1, 20000) n""")


def _children(cast: Cast, many: int = 3) -> list[Student]:
    code = cast.units["shuangqiao"].code
    bulk.load_roster(cast.county.id, [child(n, code, "G7", 1) for n in range(many)], core_clock.today())
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(Student).order_by(Student.student_no)))


def _seen(cast: Cast, key: str, asked: Asked) -> list[Onlooker]:
    """What an auditor of one of the counties is told."""
    use_context(cast.actor(key).context())
    return incidents.onlookers(cast.actor(key), asked)


def _days(ref: str) -> Asked:
    return Asked(ref, core_clock.today(), core_clock.today())


def test_security_80_whoever_opened_listed_or_exported_a_child_is_found(app: Flask, cast: Cast, clock: Any) -> None:
    child_, other, *_ = _children(cast)
    ref, identity, other_ref = child_.ref, str(child_.id), other.ref
    reader = sign_in(app.test_client(), cast["school_coordinator"])
    assert _seen(cast, "auditor", _days(ref)) == []
    assert reader.get(f"/students/{ref}").status_code == 200
    [alone] = _seen(cast, "auditor", _days(ref))
    assert (alone.person_id, alone.role, alone.times) == (cast["school_coordinator"].person_id, "school_coordinator", 1)
    assert _seen(cast, "auditor", _days(other_ref)) == []
    reader.get("/students")
    assert reader.post("/students/export").status_code == 200
    [seen] = _seen(cast, "auditor", _days(ref))
    assert seen.times == 3 and {"student.page", "students.list", "students.export"} <= set(seen.purposes)
    assert _seen(cast, "auditor", _days(other_ref))[0].purposes == ("students.export", "students.list")
    assert _seen(cast, "auditor", _days(identity))[0].times >= 1
    clock.advance(days=2)
    assert _seen(cast, "auditor", _days(ref)) == []
    two_days_ago = core_clock.today() - timedelta(days=2)
    assert len(_seen(cast, "auditor", Asked(ref, two_days_ago, two_days_ago))) == 1


def test_security_80_the_other_countys_auditor_finds_nothing_and_nobody_else_may_ask(app: Flask, cast: Cast) -> None:
    ref = _children(cast)[0].ref
    sign_in(app.test_client(), cast["school_coordinator"]).get(f"/students/{ref}")
    assert _seen(cast, "auditor", _days(ref)) != []
    assert _seen(cast, "other_auditor", _days(ref)) == []
    for key in ("sys_admin", "principal", "office_director"):
        use_context(cast.actor(key).context())
        asked = {"ref": ref, "since": "2000-01-01", "until": "2100-01-01"}
        found = db.session.execute(text("select audit.who_saw(:ref, null, :since, :until)"), asked).scalars().all()
        assert found == [], key
        db.session.rollback()


def test_security_80_references_and_records_are_found_by_index_however_long_the_trail(app: Flask, cast: Cast) -> None:
    asked = """explain select seq from audit.entries where (body::jsonb->'refs') ? '0123456789abcdef'
               union all select seq from audit.entries where record_id = '01a224a6-7aa1-75ae-803b-49758cd8c910'"""
    engine = create_engine(app.extensions["bihuan.settings"].database_owner_url)
    with engine.connect() as owner:
        owner.execute(LONG_TRAIL)
        owner.execute(text("analyze audit.entries"))
        owner.execute(text("set local enable_seqscan = off"))
        plan = "\n".join(owner.execute(text(asked)).scalars())
        body, settings = owner.execute(text("select prosrc, proconfig from pg_proc where proname = 'who_saw'")).one()
    engine.dispose()
    assert "(e.body::jsonb->'refs') ? who_saw.ref" in body
    assert "enable_seqscan=off" in settings
    assert "ix_entries_refs" in plan and "ix_entries_record" in plan


def test_security_80_the_pack_needs_a_fresh_code_and_is_in_the_trail_itself(app: Flask, cast: Cast) -> None:
    ref = _children(cast)[0].ref
    sign_in(app.test_client(), cast["school_coordinator"]).get(f"/students/{ref}")
    address = f"/audit/incidents/pack.xlsx?record={ref}"
    stale = sign_in(app.test_client(), cast["auditor"], fresh=False)
    assert stale.get(address).status_code == 303
    auditor = sign_in(app.test_client(), cast["auditor"])
    rows = list(load_workbook(io.BytesIO(auditor.get(address).data)).active.values)  # type: ignore[union-attr]
    assert len(rows) == 2 and cast["school_coordinator"].name in rows[1]
    page = auditor.get(f"/audit/incidents?record={ref}").text
    assert cast["auditor"].name in page.partition("<main")[2]
    assert not re.search(r">\s*(guardian|person|authority)\s*<", page)
    assert auditor.get("/audit/incidents/pack.xlsx?record=nonsense").status_code == 404


def test_security_80_each_notice_says_what_the_law_asks_and_how_many_saw(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    ref = _children(cast)[0].ref
    sign_in(app.test_client(), cast["school_coordinator"]).get(f"/students/{ref}")
    sign_in(client, cast["auditor"])
    for kind, wanted in (("guardian", "减轻危害"), ("person", "减轻危害"), ("authority", "不满十四周岁")):
        answer = client.get(f"/audit/incidents/notices/{kind}?record={ref}")
        paper = docx.Document(io.BytesIO(answer.data))
        words = "\n".join([p.text for p in paper.paragraphs] + [c.text for t in paper.tables for c in t._cells])
        assert all(part in words for part in ("种类", "补救措施", "联系方式", ref, "1 人，1 次", wanted)), kind
    assert client.get(f"/audit/incidents/notices/nobody?record={ref}").status_code == 404


def test_security_80_a_drill_is_written_down_and_an_empty_one_refused(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    sign_in(client, cast["auditor"])
    typed = {"held_on": "2026-11-20", "minutes": "12", "found": "抽一名学生，十二分钟查清"}
    refused = client.post("/audit/incidents/drills", data=typed | {"found": "太短", "minutes": "0"})
    assert refused.status_code == 422 and "太短" in refused.text and "1 到 1440" in refused.text
    assert client.post("/audit/incidents/drills", data=typed).status_code == 303
    assert "抽一名学生，十二分钟查清" in client.get("/audit/incidents").text
    other = sign_in(app.test_client(), cast["other_auditor"])
    assert "十二分钟查清" not in other.get("/audit/incidents").text
    assert db.session.execute(text("select found from incident_drills")).scalars().all() == []
