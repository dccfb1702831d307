"""Hearings and feedback meetings: what was asked for, what was discussed, who is missing, how long it took."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.core import clock as core_clock
from app.core.casework.daily import DAILY
from app.core.casework.timeline import WORDS
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.outbox import deliver
from app.core.outbox.models import InboxLetter
from app.core.policy.actor import SYSTEM
from app.improvement.monitoring import operations, queries
from app.improvement.monitoring.models import (
    BriefingRecord,
    DataFinding,
    FeedbackMeeting,
    FollowUp,
    MeetingFinding,
    MonitoringCycle,
    ReleaseAck,
)
from app.improvement.monitoring.operations import BriefingIn, FollowUpIn, MeetingIn, Move, reminders
from tests.by_hand import by_hand
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as, brief, released

SAID = ("领导小组全体成员", "听取监测情况，要求十个工作日内形成问题清单。")
OWN, SCHOOL_PEOPLE = "shuangqiao", ("principal", "school_coordinator", "school_coordinator_2")
OFFICE = ("office_director", "evaluator", "evaluator_2")


def heard(
    county: Cast, cycle: MonitoringCycle, *follow_ups: FollowUpIn, key: str = "office_director", school: str = ""
) -> list[FollowUp]:
    unit = county.units[school or "office"]
    place = BriefingRecord(
        county_id=county.county.id, school_id=unit.id if school else None, unit_id=unit.id, cycle_id=cycle.id
    )
    actor = act_as(county.actor(key))
    operations.record_briefing(actor, place, BriefingIn(clock.today(), "韩其琛", *SAID, follow_ups))
    return list(db.session.scalars(select(FollowUp).order_by(FollowUp.due_on)))


def discuss(county: Cast, cycle: MonitoringCycle, *refs: str, key: str = "office_director", school: str = "") -> None:
    unit = county.units[school or "office"]
    place = FeedbackMeeting(
        county_id=county.county.id, school_id=unit.id if school else None, unit_id=unit.id, cycle_id=cycle.id
    )
    level = "school" if school else "county"
    operations.record_meeting(
        act_as(county.actor(key)), place, MeetingIn(clock.today(), level, "math", "各校教学副校长", "逐项反馈。", refs)
    )


def findings_of(county: Cast, school: str) -> list[DataFinding]:
    act_as(county.actor("office_director"))
    wanted = select(DataFinding).where(DataFinding.unit_id == county.units[school].id).order_by(DataFinding.number)
    return list(db.session.scalars(wanted))


def test_a_hearing_keeps_what_is_to_be_done_by_whom_and_by_when_until_it_is_done(county: Cast) -> None:
    cycle, soon = released(county), clock.today() + timedelta(days=10)
    (one,) = heard(county, cycle, FollowUpIn(" 形成问题清单 ", "办公室主任", soon))
    assert (one.what, one.who, one.due_on, one.done_on, one.is_late) == (
        "形成问题清单",
        "办公室主任",
        soon,
        None,
        False,
    )
    office = act_as(county.actor("office_director"))
    operations.finish_follow_up(office, one, Move())
    assert (one.done_on, one.done_by) == (clock.today(), office.person_id)
    with pytest.raises(StepRefused, match="已经记过办结"):
        operations.finish_follow_up(office, one, Move())


@pytest.mark.parametrize(
    ("what", "who", "days", "said"),
    [
        ("", "办公室", 3, "写清"),
        ("列清单", " ", 3, "写清"),
        ("列清单", "办公室", None, "写清"),
        ("列清单", "办公室", -1, "不能早于"),
    ],
)
def test_a_follow_up_that_says_too_little_or_was_due_before_the_hearing_is_refused(
    county: Cast, what: str, who: str, days: int | None, said: str
) -> None:
    cycle = released(county)
    due = None if days is None else clock.today() + timedelta(days=days)
    with pytest.raises(Invalid, match=said):
        heard(county, cycle, FollowUpIn(what, who, due))


def test_a_school_settles_its_own_follow_ups_and_sees_no_other(county: Cast) -> None:
    cycle, soon = released(county), clock.today() + timedelta(days=10)
    (of_county,) = heard(county, cycle, FollowUpIn("形成问题清单", "办公室主任", soon))
    own = heard(county, cycle, FollowUpIn("教研组重排练习", "教务主任", soon), key="principal", school="shuangqiao")
    assert [one.what for one in own] == ["教研组重排练习"], "the walls show a school nothing of the county's"
    with pytest.raises(NotFound):
        queries.follow_up_for(act_as(county.actor("principal")), of_county.ref)
    with pytest.raises(NotFound):
        queries.follow_up_for(act_as(county.actor("yuntai_principal")), own[0].ref)
    with pytest.raises(NotFound):
        queries.follow_up_for(act_as(county.actor("inspector")), own[0].ref)
    found, back = queries.follow_up_for(act_as(county.actor("principal")), own[0].ref)
    assert back.startswith("/monitoring/school-results/")
    with pytest.raises(NotAllowed):
        operations.finish_follow_up(act_as(county.actor("inspector")), found, Move())
    operations.finish_follow_up(act_as(county.actor("principal")), found, Move())
    assert found.done_on == clock.today()


def test_the_form_asks_for_more_lines_names_the_line_at_fault_and_keeps_what_was_typed(
    app: Flask, county: Cast
) -> None:
    cycle = released(county)
    address, ref = f"/monitoring/cycles/{cycle.ref}/briefings", cycle.ref
    client = sign_in(app.test_client(), county["office_director"])
    typed = {
        "held_on": clock.today().isoformat(), "chair": "韩其琛", "attendees": SAID[0], "minutes": SAID[1],
        "follow_ups-0-what": "形成问题清单", "follow_ups-0-who": "办公室主任",
        "follow_ups-0-due_on": (clock.today() + timedelta(days=10)).isoformat(),
        "follow_ups-1-what": "下校反馈", "follow_ups-1-who": "", "follow_ups-1-due_on": "",
    }  # fmt: skip
    more = client.post(address, data=typed | {"more": "follow_ups"})
    assert (more.status_code, "follow_ups-2-what" in more.text, "下校反馈" in more.text) == (200, True, True)
    refused = client.post(address, data=typed)
    assert refused.status_code == 422 and "第 2 项后续事项要写清做什么、谁负责、哪天前办完" in refused.text
    assert "下校反馈" in refused.text
    kept = client.post(address, data=typed | {"follow_ups-1-who": "教研员", "follow_ups-1-due_on": "2020-01-01"})
    assert kept.status_code == 422 and "第 2 项后续事项的期限不能早于会议那天" in kept.text
    kept = client.post(address, data=typed | {"follow_ups-1-what": ""})
    assert kept.status_code == 303
    page = client.get(f"/monitoring/cycles/{ref}").text
    assert "1 项中 0 项已办结" in page and "记办结" in page
    act_as(county.actor("office_director"))
    (one,) = db.session.scalars(select(FollowUp.ref)).all()
    assert client.post(f"/monitoring/follow-ups/{one}/done").status_code == 303
    assert "1 项中 1 项已办结" in client.get(f"/monitoring/cycles/{ref}").text


def test_a_finding_names_the_meetings_at_which_it_was_discussed(app: Flask, county: Cast) -> None:
    cycle = released(county)
    own, other = findings_of(county, "shuangqiao")[0], findings_of(county, "yuntai")[0]
    own_page, other_page = own.address, other.address
    discuss(county, cycle, own.ref)
    office = sign_in(app.test_client(), county["office_director"])
    assert "反馈会议・县级" in office.get(own_page).text and "反馈会议" not in office.get(other_page).text
    assert "讨论了 1 条数据发现" in office.get(f"/monitoring/cycles/{cycle.ref}").text
    school = sign_in(app.test_client(), county["principal"])
    assert "反馈会议・县级" in school.get(own_page).text, "the school reads that it was discussed"


def test_a_meeting_discusses_findings_of_its_round_and_a_school_only_its_own(county: Cast) -> None:
    cycle = released(county)
    own, other = findings_of(county, "shuangqiao")[0].ref, findings_of(county, "yuntai")[0].ref
    with pytest.raises(Invalid, match="不在这一轮"):
        discuss(county, cycle, own, "0" * 16)
    with pytest.raises(Invalid, match="不在这一轮"):
        discuss(county, cycle, other, key="principal", school="shuangqiao")
    with pytest.raises(Invalid, match="不在这一轮"):
        discuss(county, cycle, other, school="shuangqiao")  # the office sees both schools' findings
    discuss(county, cycle, own, key="principal", school="shuangqiao")
    (kept,) = db.session.scalars(select(MeetingFinding)).all()
    assert (kept.level, kept.school_id, kept.held_on) == ("school", county.units["shuangqiao"].id, clock.today())
    shown = queries.findings_to_discuss(act_as(county.actor("principal")), cycle.id, county.units["shuangqiao"].id)
    assert own in {row.ref for row in shown} and other not in {row.ref for row in shown}
    shown = queries.findings_to_discuss(act_as(county.actor("principal")), cycle.id)
    assert other not in {row.ref for row in shown}


def test_a_meeting_does_not_discuss_what_was_set_aside(county: Cast) -> None:
    cycle = released(county)
    finding = findings_of(county, "shuangqiao")[0]
    with by_hand("set_aside"):
        db.session.execute(update(DataFinding).where(DataFinding.id == finding.id).values(state="rejected"))
    with pytest.raises(Invalid, match="不在这一轮"):
        discuss(county, cycle, finding.ref)


def test_county_and_schools_without_a_hearing_since_the_release_are_listed(app: Flask, county: Cast) -> None:
    cycle = released(county)
    client = sign_in(app.test_client(), county["office_director"])

    def missing() -> str:
        page = client.get(f"/monitoring/cycles/{cycle.ref}/acknowledgements").text
        return page.split("还没有专题听取汇报")[1].split("</section>")[0] if "还没有专题听取汇报" in page else ""

    names = {key: county.units[key].name for key in ("shuangqiao", "yuntai", "chengguan", "shimen")}
    assert "县级" in missing() and all(name in missing() for name in names.values())
    assert "其余" not in missing()
    brief(county, cycle)
    assert "县级" not in missing()
    heard(county, cycle, key="principal", school="shuangqiao")
    assert names["shuangqiao"] not in missing() and names["yuntai"] in missing()
    with by_hand("hearing.before"):
        db.session.execute(update(BriefingRecord).values(held_on=clock.today() - timedelta(days=1)))
    assert "县级" in missing() and names["shuangqiao"] in missing(), "one before the release is none on this round"


def test_days_to_the_release_and_to_the_sign_fors_are_counted_round_by_round(app: Flask, county: Cast) -> None:
    cycle = released(county)
    with by_hand("days"):
        db.session.execute(update(MonitoringCycle).values(ends_on=clock.today() - timedelta(days=12)))
        acks = db.session.scalars(select(ReleaseAck).order_by(ReleaseAck.id)).all()
        for days, ack in zip((1, 2, 3, 9), acks, strict=False):
            ack.acknowledged_at = clock.now() + timedelta(days=days)
        db.session.flush()
    office = act_as(county.actor("office_director"))
    (found,) = queries.answering(office)
    assert queries.answering(office, cycle) == [found]
    assert (found.to_release, found.signed, found.asked, found.median) == (12, 4, len(acks), 2.5)
    assert found.most == pytest.approx(8.1), "percentile_cont over 1, 2, 3, 9: 3 + 0.85 · 6"
    client = sign_in(app.test_client(), county["office_director"])
    page = client.get(f"/monitoring/cycles/{cycle.ref}/acknowledgements").text
    assert all(words in page for words in ("12 天", "2.5 天", "8.1 天", f"4 / {len(acks)} 个单位已签收"))


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("follow_ups-0-due_on", "2026-13-45", "日期请写成 2026-11-25"),
        ("follow_ups-0-what", "长" * 301, "“做什么”最多 300 个字"),
        ("follow_ups-0-who", "长" * 61, "“谁负责”最多 60 个字"),
        ("chair", "长" * 61, "主持人最多 60 个字"),
        ("attendees", "长" * 501, "参加人最多 500 个字"),
        ("held_on", "昨天", "日期请写成 2026-11-25"),
    ],
)
def test_what_a_form_of_a_hearing_refuses_is_said_at_its_field_once_and_stays_typed(
    app: Flask, county: Cast, field: str, typed: str, said: str
) -> None:
    cycle = released(county)
    given = {
        "held_on": clock.today().isoformat(), "chair": "韩其琛", "attendees": SAID[0], "minutes": SAID[1],
        "follow_ups-0-what": "形成问题清单", "follow_ups-0-who": "办公室主任", "follow_ups-0-due_on": "2030-01-01",
    }  # fmt: skip
    client = sign_in(app.test_client(), county["office_director"])
    page = client.post(f"/monitoring/cycles/{cycle.ref}/briefings", data=given | {field: typed})
    assert page.status_code == 422
    assert "有 1 处要改" in page.text and f'href="#{field}"' in page.text and said in page.text
    assert typed in page.text and SAID[1] in page.text


def test_a_department_holds_no_meeting_of_its_own(app: Flask, county: Cast) -> None:
    released(county)
    act_as(county.actor("office_director"))
    ref = db.session.scalars(select(ReleaseAck.ref).where(ReleaseAck.school_id.is_(None)).limit(1)).one()
    client = sign_in(app.test_client(), county["office_director"])
    given = {"held_on": clock.today().isoformat(), "chair": "韩其琛", "attendees": SAID[0], "minutes": SAID[1]}
    assert client.post(f"/monitoring/school-results/{ref}/briefings", data=given).status_code == 404
    assert client.get(f"/monitoring/school-results/{ref}/meetings/feedback").status_code == 404


def test_a_school_reads_which_results_its_leaders_have_not_heard_of(app: Flask, county: Cast) -> None:
    cycle = released(county)
    school = sign_in(app.test_client(), county["principal"])
    inspector = sign_in(app.test_client(), county["inspector"])
    told = "还没有记专题听取汇报"
    assert told in school.get("/monitoring/school-results").text
    assert told not in inspector.get("/monitoring/school-results").text, "only who records hearings is told"
    heard(county, cycle, key="principal", school="shuangqiao")
    assert told not in school.get("/monitoring/school-results").text


def test_a_follow_up_is_asked_for_the_day_before_and_once_after_its_day_until_it_is_done(
    app: Flask, county: Cast, clock: Any
) -> None:
    cycle, today = released(county), core_clock.today()
    days = [FollowUpIn(f"第 {n} 件", "办公室主任", today + timedelta(days=n)) for n in (2, 4)]
    first, second = heard(county, cycle, *days)
    own = heard(county, cycle, FollowUpIn("重排练习", "教务主任", days[0].due_on or today), key="principal", school=OWN)
    assert reminders.remind_of_follow_ups in DAILY and reminders.remind_of_follow_ups() == 0
    told = []
    for passed in (1, 0, 1, 1, 0, 1, 1, 1):
        clock.advance(days=passed)
        told.append(reminders.remind_of_follow_ups())
        deliver.drain()
        if len(told) == 2:
            operations.finish_follow_up(act_as(county.actor("principal")), own[0], Move())
    assert told == [2, 0, 0, 2, 0, 0, 1, 0], "the day before: two; the day after: one, and the later one's day before"
    use_context(SYSTEM.context())
    letters = db.session.scalars(select(InboxLetter).where(InboxLetter.title_zh.like("%后续事项%"))).all()
    county_people, school_people = ({county[key].person_id for key in keys} for keys in (OFFICE, SCHOOL_PEOPLE))
    assert {one.person_id for one in letters if one.entity == "monitoring_cycles"} == county_people
    assert {one.person_id for one in letters if one.entity == "release_acks"} == school_people
    assert sum("已过期限" in one.title_zh for one in letters) == 2 * len(county_people)
    words = " ".join(one.title_zh + one.title_en + one.address for one in letters)
    assert not any(text in words for text in ("第 2 件", "重排练习", "主任")), "what and who stay on the page"
    assert first.is_late and second.is_late and not own[0].is_late


def test_of_a_follow_up_that_was_done_no_letter_goes_out_any_more(app: Flask, county: Cast) -> None:
    cycle = released(county)
    (one,) = heard(county, cycle, FollowUpIn("形成问题清单", "办公室主任", clock.today()))
    assert reminders.remind_of_follow_ups() == 1
    operations.finish_follow_up(act_as(county.actor("office_director")), one, Move())
    deliver.drain()
    use_context(SYSTEM.context())
    assert not db.session.scalars(select(InboxLetter).where(InboxLetter.title_zh.like("%后续事项%"))).all()


def test_what_is_written_of_meetings_has_words_in_the_trail(county: Cast) -> None:
    deeds = ("record_briefing", "record_meeting", "finish_follow_up", "remind_of_follow_up")
    assert all(WORDS[f"monitoring_cycle.{deed}"] for deed in deeds)


def test_a_long_list_of_schools_without_a_hearing_is_folded(
    app: Flask, county: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle, known = released(county), queries.acks_of
    address = f"{cycle.address}/acknowledgements"
    monkeypatch.setattr(queries, "acks_of", lambda actor, of: [*known(actor, of)] * 5)
    page = sign_in(app.test_client(), county["office_director"]).get(address).text
    assert "其余 8 个单位" in page, "four schools five times: twelve are shown"
