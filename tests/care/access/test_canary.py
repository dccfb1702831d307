"""Canaries: what is known of one child is in no address, header, file name, letter, mail, job, log line or entry of the trail."""

from __future__ import annotations

import io
import logging
import re
import socket
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, text, update

from app.care.access.operations import emergencies, identities
from app.care.access.operations.emergencies import OpenIn, OpeningStep, ReviewIn
from app.care.access.operations.identities import AskIn
from app.care.access.queries import urgent
from app.care.rainbow.models import CareDuty
from app.care.rainbow.operations import observing
from app.care.screening.models import CriticalAlert
from app.care.screening.operations import alerts
from app.core import clock as core_clock
from app.core import logs, queue
from app.core.audit import trail
from app.core.database import db, keep, use_context
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.core.policy.roles import ROLES
from app.people.directory.models import Person
from tests.care.access.conftest import NAME, Story
from tests.care.taking_part import door
from tests.care.terms import BORN
from tests.cast import sign_in

NOTES = {
    "opening": "金丝雀一号说昨晚听见她哭，家里电话一直没有人接",
    "review": "金丝雀二号核对过当时确实没有别的办法可用",
    "duty": "金丝雀三号陪她走到车站，说好明天再谈",
    "identity": "金丝雀四号要和专家一起去学校看望",
    "rating": "金丝雀五号上课时一直看着窗外",
}
PLANTED = (NAME, *(f"金丝雀{number}号" for number in "一二三四五"))
LEVELS = re.compile(r"(?<![\w-])(?:red|orange|yellow|green)(?![\w-])|[红橙黄绿]色|需要马上帮助|重点关注|心理|彩虹")
"""A level by its code or by its words, and the two words that no letter has outside the application (G8)."""


class Postbox:
    """Keeps every byte of every mail."""

    def __init__(self) -> None:
        self.bytes = b""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.bytes += b"".join(
            (envelope.mail_from.encode(), *(to.encode() for to in envelope.rcpt_tos), envelope.content)
        )
        return "250 OK"


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    """A real mail server, known to the application while the test runs."""
    box, before = Postbox(), app.extensions["bihuan.settings"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    app.extensions["bihuan.settings"] = replace(before, smtp_url=f"smtp://127.0.0.1:{port}")
    yield box
    app.extensions["bihuan.settings"] = before
    controller.stop()


@pytest.fixture
def lines() -> Iterator[Callable[[], str]]:
    """Everything that is logged, at DEBUG."""
    root = logging.getLogger()
    before, level, stream = root.handlers[:], root.level, io.StringIO()
    logs.configure("DEBUG", stream)
    yield stream.getvalue
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def live_on(story: Story) -> None:
    """What follows the decision: a rating, a task done, an opening with its review, a request for the name, an interview."""
    given = observing.RatingIn((1,) * 8, NOTES["rating"])
    observing.rate(story.act("homeroom_teacher"), story.student(), given)
    actor = story.act("school_counselor")
    duty = db.session.scalars(select(CareDuty).where(CareDuty.state == "due", CareDuty.for_class.is_(False))).first()
    assert duty is not None
    observing.finish(actor, duty, observing.DoneIn(NOTES["duty"], duty.version))
    opening = emergencies.open_in_emergency(
        story.act("school_counselor"), story.student(story.other), OpenIn(NOTES["opening"])
    )
    emergencies.end_opening(story.act("school_counselor"), opening, OpeningStep())
    emergencies.review_opening(story.act("dpo"), opening, ReviewIn(NOTES["review"]))
    lead = story.act("psych_center_lead")
    case = urgent.case_for(lead, urgent.in_need(lead)[0].tier.ref, right=urgent.ASK)
    grant = identities.ask_identity(lead, case, AskIn(NOTES["identity"]))
    identities.grant_identity(story.act("school_psych_lead"), grant, OpeningStep())
    counselor = story.act("school_counselor")
    alert = db.session.scalars(select(CriticalAlert)).one()
    alerts.accept_alert(counselor, alert, alerts.AlertStep())
    alerts.record_interview(counselor, alert, alerts.InterviewIn(core_clock.today(), "case"))


def everybody_has_mail() -> None:
    with trail.act(SYSTEM, "system", "test.mail"):
        db.session.execute(update(Person).values(email=text("'p' || substr(ref, 1, 8) || '@school.example'")))


def jobs_of(app: Flask) -> str:
    """Every key and value of the queue's server, after the relay handed over what waits."""
    server = queue.connect(app.config["REDIS_URL"])
    for key in server.scan_iter("rq:*"):
        server.delete(key)
    assert deliver.relay() > 0
    found: list[bytes] = []
    for key in server.scan_iter("*"):
        found.append(key)
        kind = server.type(key)
        if kind == b"hash":
            found += [part for pair in server.hgetall(key).items() for part in (*pair, unpacked(pair[1]))]
        elif kind == b"list":
            found += server.lrange(key, 0, -1)
        elif kind == b"set":
            found += list(server.smembers(key))
        elif kind == b"zset":
            found += server.zrange(key, 0, -1)
        else:
            found.append(server.get(key) or b"")
        if key.startswith(b"rq:"):
            server.delete(key)
    server.close()
    assert len(found) > 5
    return b"\n".join(found).decode("utf-8", "replace")


def unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value


def rows(statement: str) -> str:
    use_context(SYSTEM.context())
    return "\n".join(str(value) for value in db.session.execute(text(statement)).scalars())


def browsed(app: Flask, story: Story) -> Iterator[tuple[str, str, str]]:
    """(where, headers, addresses in the page) of every page of care, as every role, after the click that shows."""
    places = (
        "/support/proposals?shown=1", "/support/class?shown=1", "/support/levels?shown=1", "/support/urgent?shown=1",
        "/support/duties", "/alerts", "/openings", "/identity-requests", "/todo", "/inbox",
        f"/support/students/{story.ref}/answers?purpose=alert", f"/support/students/{story.ref}/results?shown=1",
        f"/support/students/{story.ref}/factors?shown=1", f"/support/students/{story.ref}/looked",
    )  # fmt: skip
    for role in (
        "school_counselor",
        "psych_expert",
        "homeroom_teacher",
        "school_psych_lead",
        "principal",
        "psych_center_lead",
        "dpo",
    ):
        assert role in ROLES
        client = sign_in(app.test_client(), story.cast[role])
        for place in places:
            answer = client.get(place, base_url="https://localhost")
            yield (
                f"{role} {place}",
                str(answer.headers),
                "\n".join(re.findall(r'(?:href|src|action)="([^"]*)"', answer.text)),
            )
    paper = sign_in(app.test_client(), story.cast["school_psych_lead"])
    answer = paper.get(f"/support/students/{story.ref}/looked.pdf", base_url="https://localhost")
    assert answer.status_code == 200 and answer.mimetype == "application/pdf"
    yield "paper", str(answer.headers), ""


def test_security_79_nothing_of_a_child_is_in_any_byte_outside_its_own_rows(
    app: Flask, told_of: Story, postbox: Postbox, lines: Callable[[], str]
) -> None:
    everybody_has_mail()
    live_on(told_of)
    places = {
        "jobs and keys of the queue": jobs_of(app),
        "entries of the trail": rows("select body::text from audit.access_log"),
        "reasons and changes beside them": rows(
            "select coalesce(reason, '') || coalesce(changes::text, '') from audit.transition_log"
        ),
    }
    keep(text("update outbox set leased_until = null"))
    assert deliver.drain() > 0
    places |= {
        "intentions": rows("select kind || coalesce(data::text, '') from outbox"),
        "letters": rows("select title_zh || title_en || address from inbox_letters"),
        "keys of effects": rows("select key from effects"),
        "mails": postbox.bytes.decode("utf-8", "replace"),
        "deadlines": rows("select row_to_json(d)::text from deadlines d"),
        "log lines": lines(),
    }
    assert len(postbox.bytes) > 500 and places["letters"] and places["entries of the trail"]
    for where, headers, addresses in browsed(app, told_of):
        places[f"headers: {where}"], places[f"addresses: {where}"] = headers, addresses
    found = [(where, word) for where, words in places.items() for word in PLANTED if word in words]
    assert not found
    levels = [(where, hit[0]) for where, words in places.items() if (hit := LEVELS.search(words))]
    assert not levels, levels


def test_security_79_the_canaries_are_there_to_be_found(app: Flask, told_of: Story) -> None:
    """The same words do stand where they belong: a search that finds nothing anywhere would prove nothing."""
    live_on(told_of)
    client = sign_in(app.test_client(), told_of.cast["school_counselor"])
    shown = client.get("/support/students/" + told_of.ref + "/answers?purpose=alert", base_url="https://localhost")
    assert NAME in shown.text
    assert LEVELS.search("tier red") and LEVELS.search("去看心理老师") and not LEVELS.search("/static/css/green-leaf")
    family = app.test_client()
    assert door(family, told_of.term.slips["学生00", "guardian1"], BORN).status_code == 303
    home = family.get("/code/home", base_url="https://localhost").text
    looked = family.get("/code/looked", base_url="https://localhost").text
    assert NAME in home and NAME in looked
    assert not re.search("level-|紧急|重点关注|需要马上帮助", home + looked)


def test_security_80_the_family_reads_who_looked_in_plain_words_and_as_a_paper(app: Flask, told_of: Story) -> None:
    staff = sign_in(app.test_client(), told_of.cast["school_counselor"])
    staff.get(f"/support/students/{told_of.ref}/answers?purpose=interview", base_url="https://localhost")
    sign_in(app.test_client(), told_of.cast["principal"]).get("/support/urgent?shown=1", base_url="https://localhost")
    family = app.test_client()
    assert door(family, told_of.term.slips["学生00", "guardian1"], BORN).status_code == 303
    page = family.get("/code/looked", base_url="https://localhost").text
    assert "学校心理教师" in page and "看问卷，准备谈话" in page and "校长" in page
    paper = family.get("/code/looked.pdf", base_url="https://localhost")
    assert paper.status_code == 200 and paper.mimetype == "application/pdf" and paper.data.startswith(b"%PDF")
    assert NAME not in str(paper.headers)


def test_security_80_nobody_else_reads_who_looked(app: Flask, told_of: Story) -> None:
    asked = text("select count(*) from care.who_looked(:id, timestamptz '2026-01-01')")
    staff = sign_in(app.test_client(), told_of.cast["school_counselor"])
    staff.get(f"/support/students/{told_of.ref}/answers?purpose=interview", base_url="https://localhost")
    for key in (
        "school_counselor",
        "homeroom_teacher",
        "principal",
        "psych_center_lead",
        "yuntai_counselor",
        "dpo",
        "auditor",
    ):
        told_of.act(key)
        assert db.session.execute(asked, {"id": told_of.child}).scalar_one() == 0, key
    told_of.act("school_psych_lead")
    assert db.session.execute(asked, {"id": told_of.child}).scalar_one() > 0
    holder = told_of.term.family.come_in(told_of.term.slips["学生01", "guardian1"])
    use_context(holder.actor.context())
    assert db.session.execute(asked, {"id": told_of.child}).scalar_one() == 0
