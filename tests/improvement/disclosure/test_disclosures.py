"""A result on its way to the public: who prepares, who approves, when it is out, and what is left of it when it is not."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound, StepRefused
from app.core.policy.actor import NOBODY, SYSTEM
from app.improvement.disclosure.models import PublicPage, ResultDisclosure
from app.improvement.disclosure.operations import disclosures
from app.improvement.disclosure.operations.disclosures import DisclosureStep, Source
from app.improvement.disclosure.operations.roll_names import look_at_all_rolls
from app.improvement.disclosure.queries import disclosures as queries
from app.improvement.disclosure.queries import public_pages
from app.improvement.effects.models import InterpretationReport
from app.improvement.monitoring.models import MonitoringCycle
from app.improvement.monitoring.operations import cycles
from app.improvement.monitoring.operations.moves import Move
from tests.cast import Cast, sign_in
from tests.factories.monitoring import act_as, released
from tests.improvement.disclosure.scenes import REASON, TEXT, DisclosureScene


def test_what_one_prepares_and_another_approves_is_out_on_its_day_at_an_address_that_says_nothing(
    scene: DisclosureScene,
) -> None:
    found = scene.let_out()
    page = scene.page_of(found)
    assert (found.state, page.is_open, page.published_on) == ("published", True, clock.today())
    assert page.content["paragraphs"] == TEXT.splitlines()
    assert page.content_sha256 == found.content_sha256
    assert found.ref not in page.slug and str(found.id) not in page.slug


def test_nobody_approves_what_he_or_she_prepared(scene: DisclosureScene) -> None:
    found = scene.handed_in("principal")
    with pytest.raises(NotAllowed):
        disclosures.approve_disclosure(scene.actor("principal"), found, DisclosureStep())
    drafted = scene.handed_in()
    scene.did(drafted, "leading_group_head", "result_disclosure.submit")
    with pytest.raises(StepRefused, match="另一个人"):
        disclosures.approve_disclosure(scene.actor("leading_group_head"), drafted, DisclosureStep())


@pytest.mark.parametrize(("by", "right_one", "wrong_one"), [
    ("office_director", "leading_group_head", "evaluator"),
    ("principal", "office_director", "leading_group_head"),
])  # fmt: skip
def test_the_head_approves_for_the_county_and_the_office_for_a_school(
    scene: DisclosureScene, by: str, right_one: str, wrong_one: str
) -> None:
    found = scene.handed_in(by)
    with pytest.raises(NotAllowed):
        disclosures.approve_disclosure(scene.actor(wrong_one), found, DisclosureStep())
    disclosures.approve_disclosure(scene.actor(right_one), found, DisclosureStep())
    assert found.state == "published"


def test_a_later_day_waits_for_the_sweep_and_the_last_day_takes_the_content_away(
    scene: DisclosureScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.today()
    found = scene.let_out(publish_on=today + timedelta(days=3), until_on=today + timedelta(days=5))
    assert found.state == "approved" and disclosures.keep_time_of_all() == 0
    for day, state in ((3, "published"), (5, "published"), (6, "expired")):
        monkeypatch.setattr(clock, "today", lambda day=day: today + timedelta(days=day))
        disclosures.keep_time_of_all()
        assert found.state == state, day
    page = scene.page_of(found)
    assert (page.content, page.ended_as, page.ended_on) == ({}, "expired", today + timedelta(days=6))


def test_a_withdrawal_takes_the_content_away_and_leaves_day_and_reason(scene: DisclosureScene) -> None:
    found = scene.let_out()
    with pytest.raises(Invalid):
        disclosures.withdraw_disclosure(scene.actor("office_director"), found, DisclosureStep(reason="写错"))
    disclosures.withdraw_disclosure(scene.actor("office_director"), found, DisclosureStep(reason=REASON))
    page = scene.page_of(found)
    assert (page.content, page.ended_as, page.ended_reason, page.is_open) == ({}, "withdrawn", REASON, False)


@pytest.mark.parametrize("words", [
    "感谢双桥中学陆晓棠老师整理数据", "联系电话 13812345678", "电话 0577-63712345", "身份证 330326201003070012", "沈砚秋带队",
])  # fmt: skip
def test_words_that_point_at_a_person_are_not_submitted(scene: DisclosureScene, words: str) -> None:
    found = scene.prepared(statement=f"{TEXT}\n{words}")
    assert found.persons_named
    with pytest.raises(StepRefused, match="人名"):
        disclosures.submit_disclosure(scene.actor("office_director"), found, DisclosureStep())


def test_a_period_that_ends_first_or_is_past_is_refused(scene: DisclosureScene) -> None:
    today = clock.today()
    with pytest.raises(Invalid, match="不能早于"):
        scene.prepared(publish_on=today, until_on=today - timedelta(days=1))
    past = scene.prepared(publish_on=today - timedelta(days=9), until_on=today - timedelta(days=1))
    with pytest.raises(StepRefused, match="结束日期"):
        disclosures.submit_disclosure(scene.actor("office_director"), past, DisclosureStep())


def test_a_submitted_disclosure_is_changed_only_after_it_was_returned(scene: DisclosureScene) -> None:
    found = scene.handed_in()
    with pytest.raises(StepRefused, match="先退回"):
        disclosures.write_disclosure(scene.actor("office_director"), found, scene.given(title="另一个标题"))
    disclosures.return_disclosure(scene.actor("leading_group_head"), found, DisclosureStep(reason=REASON))
    assert (found.state, found.content) == ("returned", {})
    disclosures.write_disclosure(scene.actor("office_director"), found, scene.given(title="另一个标题"))
    disclosures.submit_disclosure(scene.actor("office_director"), found, DisclosureStep())
    assert found.content["title"] == "另一个标题"


def test_a_school_prepares_for_itself_alone_and_sees_no_draft_of_another(scene: DisclosureScene) -> None:
    own = scene.prepared("school_coordinator")
    county = scene.prepared()
    with pytest.raises(NotFound):
        queries.disclosure_for(act_as(scene.actor("yuntai_principal")), own.ref)
    with pytest.raises(NotFound):
        queries.disclosure_for(act_as(scene.actor("principal")), county.ref)
    with pytest.raises(NotAllowed):
        disclosures.draft_disclosure(scene.actor("yuntai_principal"), scene.place("principal"), scene.given())


@pytest.fixture
def cycle(county: Cast) -> MonitoringCycle:
    """A round whose data are out."""
    return released(county)


def _of_results(scene: DisclosureScene, cycle: MonitoringCycle) -> ResultDisclosure:
    return scene.let_out(source=Source("results", cycle.id))


def test_results_go_out_as_the_public_version_without_any_school_and_without_small_numbers(
    scene: DisclosureScene, cycle: MonitoringCycle
) -> None:
    figures = scene.page_of(_of_results(scene, cycle)).content["figures"]
    assert figures["indicators"]
    printed = str(figures)
    assert not [school.name for school in scene.cast.schools if school.name in printed or school.code in printed]
    for line in figures["indicators"]:
        counts = [line[name] for name in ("n", "units", "below", "near", "above")]
        assert all(count is None or count >= 10 for count in counts), line


def _explained(scene: DisclosureScene, cycle: MonitoringCycle, said: str) -> InterpretationReport:
    """A published interpretation with these words in front of its public version, as one signed before they were asked."""
    given = {"title": "数学解读", "state": "published", "version": 1, "said": {"public": said}}
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.report"):
        report = InterpretationReport(
            county_id=cycle.county_id, cycle_id=cycle.id, owner_id=scene.cast["assessment_member"].person_id, **given
        )
        db.session.add(report)
    return report


@pytest.mark.parametrize(("words", "refusal"), [
    ("感谢陆晓棠整理数据", "人名"), ("咨询电话 13812345678", "电话"), ("双桥中学进步最大", "不写学校名称"),
])  # fmt: skip
def test_what_stands_before_an_interpretation_is_read_for_names_too(
    scene: DisclosureScene, cycle: MonitoringCycle, words: str, refusal: str
) -> None:
    found = scene.prepared(source=Source("interpretation", _explained(scene, cycle, words).id))
    assert found.persons_named or found.schools_named
    with pytest.raises(StepRefused, match=refusal):
        disclosures.submit_disclosure(scene.actor("office_director"), found, DisclosureStep())


def test_the_roll_is_asked_about_what_stands_before_an_interpretation(
    scene: DisclosureScene, cycle: MonitoringCycle
) -> None:
    pupil = scene.pupil("祁沐阳")
    report = _explained(scene, cycle, f"{pupil}的进步最大")
    found = scene.handed_in(source=Source("interpretation", report.id))
    assert found.content["figures"]["said"] == report.public_words
    look_at_all_rolls()
    assert found.roll_names == [pupil]


def test_results_of_the_county_name_no_school_and_a_statement_may(
    scene: DisclosureScene, cycle: MonitoringCycle
) -> None:
    words = f"{TEXT}\n双桥中学的做法值得学习。"
    found = scene.prepared(source=Source("results", cycle.id), statement=words)
    with pytest.raises(StepRefused, match="不写学校名称"):
        disclosures.submit_disclosure(scene.actor("office_director"), found, DisclosureStep())
    assert scene.handed_in(statement=words).state == "submitted"


def test_when_the_data_are_withdrawn_the_page_goes_with_them(scene: DisclosureScene, cycle: MonitoringCycle) -> None:
    found = _of_results(scene, cycle)
    cycles.withdraw_cycle(
        act_as(scene.actor("leading_group_head")), cycle, Move(reason="第三题评分标准有误，重新评分后再发布")
    )
    assert disclosures.keep_time_of_all() == 1
    page = scene.page_of(found)
    assert (found.state, page.ended_as, page.content) == ("withdrawn", "withdrawn", {})


def test_data_that_are_not_out_are_not_shown(scene: DisclosureScene, cycle: MonitoringCycle) -> None:
    act_as(scene.actor("leading_group_head"))
    cycles.withdraw_cycle(scene.actor("leading_group_head"), cycle, Move(reason=REASON))
    found = scene.prepared(source=Source("results", cycle.id))
    with pytest.raises(StepRefused, match="已经发布"):
        disclosures.submit_disclosure(scene.actor("office_director"), found, DisclosureStep())


def test_somebody_without_a_context_reads_public_pages_and_no_disclosure(scene: DisclosureScene) -> None:
    scene.let_out()
    use_context(NOBODY.context())
    db.session.expire_all()
    assert db.session.scalars(select(PublicPage)).all()
    assert not db.session.scalars(select(ResultDisclosure)).all()
    use_context(None)
    assert db.session.scalars(select(PublicPage.slug)).all()
    assert not db.session.scalars(select(ResultDisclosure.id)).all()


def test_a_public_page_is_frozen_by_the_database_itself(scene: DisclosureScene) -> None:
    scene.let_out()
    for change in ('content = \'{"title": "x"}\'', "slug = '2222-3333-4444-5555'", "published_on = '2020-01-01'"):
        with pytest.raises(DBAPIError, match="frozen"), trail.act(SYSTEM, "system", "test.plain_sql"):
            db.session.execute(text(f"update public_pages set {change}"))
    with pytest.raises(DBAPIError, match="permission denied"), trail.act(SYSTEM, "system", "test.plain_sql"):
        db.session.execute(text("delete from public_pages"))


def test_everybody_reads_the_page_without_a_cookie_in_either_language(scene: DisclosureScene, app: Flask) -> None:
    page = scene.page_of(scene.let_out())
    visitor = app.test_client()
    for path, words in (
        (page.address, "计算题进步明显"),
        (f"{page.address}?language=en", "计算题进步明显"),
        ("/public", page.content["title"]),
        (f"/public/bureaus/{page.bureau}?language=en", page.content["title"]),
    ):
        answer = visitor.get(path)
        assert answer.status_code == 200 and words in answer.get_data(as_text=True), path
        assert not answer.headers.getlist("Set-Cookie"), path
        assert "<script" not in answer.get_data(as_text=True) and "<form" not in answer.get_data(as_text=True)
    assert 'lang="en"' in visitor.get(f"{page.address}?language=en").get_data(as_text=True)
    for path in (
        "/public/2222-2222-2222-2222",
        "/public/xx",
        f"/public/{page.ref}",
        "/public/bureaus/0000000000000000",
    ):
        assert visitor.get(path).status_code == 404, path


def test_pages_stand_by_the_day_they_came_out_and_none_is_lost_between_two_leaves(
    scene: DisclosureScene, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    days, today, titles = (2, 5, 1, 5), clock.today(), []
    for number, day in enumerate(days):
        monkeypatch.setattr(clock, "today", lambda day=day: today + timedelta(days=day))
        titles.append(scene.let_out(title=f"第{number}次说明", publish_on=clock.today()).title)
    monkeypatch.setattr(public_pages, "PAGE", 1)
    address, read = f"/public/bureaus/{db.session.scalars(select(PublicPage.bureau)).first()}?language=en", []
    while address:
        leaf = app.test_client().get(address).get_data(as_text=True)
        read += [title for title in titles if title in leaf]
        following = re.search(r'href="([^"]+)" rel="next"', leaf)
        address = unescape(following[1]) if following else ""
        assert 'lang="en"' in leaf
    assert read == ["第3次说明", "第1次说明", "第0次说明", "第2次说明"]


def test_the_page_of_what_was_withdrawn_says_so_and_keeps_nothing_else(scene: DisclosureScene, app: Flask) -> None:
    found = scene.let_out()
    disclosures.withdraw_disclosure(scene.actor("leading_group_head"), found, DisclosureStep(reason=REASON))
    page, visitor = scene.page_of(found), app.test_client()
    answer = visitor.get(page.address)
    words = answer.get_data(as_text=True)
    assert answer.status_code == 410 and "撤回" in words and REASON in words
    assert found.title not in words and "计算题" not in words
    log = visitor.get(f"/public/bureaus/{page.bureau}").get_data(as_text=True)
    assert REASON in log and found.title not in log


def test_a_reader_who_asks_too_often_waits(scene: DisclosureScene, app: Flask) -> None:
    visitor = app.test_client()
    answers = [visitor.get("/public").status_code for _ in range(61)]
    assert answers[:60] == [200] * 60 and answers[60] == 429


def _client(app: Flask, scene: DisclosureScene, key: str) -> FlaskClient:
    return sign_in(app.test_client(), scene.cast[key])


def test_the_office_drafts_and_the_head_approves_through_the_pages(scene: DisclosureScene, app: Flask) -> None:
    office, today = _client(app, scene, "office_director"), clock.today()
    given = {
        "source": "statement",
        "title": "秋季监测说明",
        "statement": TEXT,
        "publish_on": str(today),
        "until_on": "2026-01-01",
    }
    refused = office.post("/disclosures", data=given)
    assert refused.status_code == 422 and "不能早于" in refused.get_data(as_text=True)
    sent = office.post("/disclosures", data=given | {"until_on": str(today + timedelta(days=30))})
    assert sent.status_code == 303
    address = sent.location
    assert "秋季监测说明" in office.get(address).get_data(as_text=True)
    use_context(SYSTEM.context())
    found = db.session.scalars(select(ResultDisclosure).where(ResultDisclosure.title == "秋季监测说明")).one()
    assert office.post(f"{address}/steps/submit", data={"version": found.version}).status_code == 303
    head = _client(app, scene, "leading_group_head")
    assert "批准公开" in head.get(address).get_data(as_text=True)
    use_context(SYSTEM.context())
    db.session.refresh(found)
    assert head.post(f"{address}/steps/approve", data={"version": found.version}).status_code == 303
    assert scene.page_of(found).is_open
