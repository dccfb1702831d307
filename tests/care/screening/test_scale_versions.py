"""量表版本: taken only when the vectors pass and the licence stands, agreed by two, pinned by campaigns and answers (B13, §5)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
import yaml
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from app.care.access.queries.answers import titles
from app.care.screening.models import (
    ScaleResponse,
    ScaleResult,
    ScaleVersion,
    ScreeningCampaign,
    definitions,
    scales_in_force,
)
from app.care.screening.operations import answering, campaigns, scales
from app.care.screening.operations.answering import Answer
from app.care.screening.operations.scales import ScaleIn
from app.care.screening.queries import scales as queries
from app.care.screening.scales.choosing import shelf
from app.care.screening.scales.differences import differences
from app.care.screening.scales.scoring import score
from app.care.screening.scales.shelf import read_scale, written
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, StepRefused
from app.core.policy.actor import SYSTEM
from tests.care.screening.scales import STEP, Shelf, content, lines, refused, shelf_scale
from tests.care.terms import STEP as CAMPAIGN_STEP
from tests.care.terms import Term, at
from tests.cast import sign_in
from tests.core.storage.sendings import pdf

MOVED = [
    {
        "on": "total",
        "cuts": [{"max": 4, "band": 0}, {"max": 10, "band": 1}, {"max": 14, "band": 2}, {"max": 21, "band": 3}],
    }
]
TENS = [1, 2, 1, 1, 1, 2, 2]
"""Ten points: band 2 by the shipped cuts, band 1 where the cut lies at ten."""


def by_hand(**changes: Any) -> str:
    """gad7 with the cut at ten, its vectors changed to what that gives."""
    told = yaml.safe_load(content(bands=MOVED))
    told["test_vectors"] = [{"answers": TENS, "expect": {"scores": {"total": 10}, "band": 1}}]
    return yaml.safe_dump(told | changes, allow_unicode=True)


def test_a_file_whose_vector_fails_is_refused_by_the_number_of_the_vector(shelf_of: Shelf) -> None:
    said = refused(lambda: shelf_of.draft(ScaleIn(content(bands=MOVED), "移了分档")))
    assert "第 1 组用例：band 应为 2，算出 1" in said and "第 2 组" not in said
    use_context(SYSTEM.context())
    assert db.session.scalar(select(func.count()).select_from(ScaleVersion)) == 0


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("code: [", "读不懂"),
        (BOMB, "aliases"),
        ("[" * 4000, "nested"),
        ("code: a\ncode: b\n", "code stands twice"),
        ("x" * 300_000, "太大"),
        (content(number="eins"), "version：写法不对"),
        (content(colour="red"), "colour：没有这个键"),
        (content(items=[{"zh": "没有题号"}]), "items.1.id：缺这一项"),
        (content(scores=[{"id": "total", "items": [1, 99]}]), "没有第 [99] 题"),
        (content(test_vectors=[]), "test_vectors：至少要有 1 项"),
        (content(number="1.0.0"), "换一个版本号"),
    ],
)
def test_a_file_that_is_no_scale_is_refused_with_the_place_and_what_to_do(
    shelf_of: Shelf, wrong: str, told: str
) -> None:
    assert told in refused(lambda: shelf_of.draft(ScaleIn(wrong)))


def test_what_is_exported_reads_back_as_the_same_and_may_come_in_under_another_number(shelf_of: Shelf) -> None:
    version = shelf_of.draft()
    kept = version.content
    assert read_scale(version.content) == version.definition
    assert read_scale(written(version.definition)) == version.definition
    assert "换一个版本号" in refused(lambda: shelf_of.draft(ScaleIn(kept)))
    again = kept.replace("1.1.0", "1.1.1")
    assert shelf_of.draft(ScaleIn(again)).number == "1.1.1"


def test_a_version_is_in_force_after_two_experts_and_the_former_one_retires(shelf_of: Shelf) -> None:
    cast, version = shelf_of.cast, shelf_of.draft(ScaleIn(by_hand(), "分档移一分"))
    scales.submit(cast.actor("psych_center_lead"), version, STEP)

    def fresh() -> ScaleVersion:
        """A refusal takes the context away with it."""
        use_context(SYSTEM.context())
        db.session.refresh(version)
        return version

    with pytest.raises(StepRefused):
        scales.approve(cast.actor("psych_expert"), fresh(), STEP)
    scales.agree(cast.actor("psych_expert"), fresh(), STEP)
    with pytest.raises(StepRefused) as both:
        scales.approve(cast.actor("psych_expert"), fresh(), STEP)
    assert "另一个人" in str(both.value)
    with pytest.raises(NotAllowed):
        scales.activate(cast.actor("psych_expert_2"), fresh(), STEP)
    scales.approve(cast.actor("psych_expert_2"), fresh(), STEP)
    county = cast.county.id
    use_context(SYSTEM.context())
    assert ("gad7", "1.0.0") in scales_in_force(county) and ("gad7", "1.1.0") not in scales_in_force(county)
    scales.activate(cast.actor("psych_center_lead"), version, STEP)
    use_context(SYSTEM.context())
    assert ("gad7", "1.1.0") in scales_in_force(county) and ("gad7", "1.0.0") not in scales_in_force(county)
    newer = shelf_of.in_force(shelf_of.draft(ScaleIn(by_hand(version="1.2.0"), "再移")))
    db.session.expire_all()
    use_context(SYSTEM.context())
    assert (version.state, newer.state) == ("retired", "active")


def test_activation_runs_the_vectors_again_and_names_the_one_that_fails_now(shelf_of: Shelf) -> None:
    version = shelf_of.draft(ScaleIn(by_hand(), "分档移一分"))
    scales.submit(shelf_of.cast.actor("psych_center_lead"), version, STEP)
    scales.agree(shelf_of.cast.actor("psych_expert"), version, STEP)
    scales.approve(shelf_of.cast.actor("psych_expert_2"), version, STEP)
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.other_scoring"):
        version.fill(content(number="1.1.0", bands=MOVED), 2)
    said = refused(lambda: scales.activate(shelf_of.cast.actor("psych_center_lead"), version, STEP))
    assert "第 1 组用例：band 应为 2，算出 1" in said
    use_context(SYSTEM.context())
    db.session.refresh(version)
    assert version.state == "approved"


def expire(version: ScaleVersion, days: int) -> None:
    """The licence ends so many days from now, as the passing of time would have it."""
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.time_passes"):
        version.licence_until = clock.today() + timedelta(days=days)


def test_a_scale_whose_licence_ends_before_the_last_day_starts_no_campaign(term: Term, desk: Shelf) -> None:
    version = desk.in_force(desk.texts("phqa", days=300))
    chosen = ("phqa 1.0.1",)
    drafted = term.draft(scales=chosen)
    expire(version, 24)  # the campaign is open from day 21 to day 25
    counsellor = term.cast.actor("school_counselor")
    with pytest.raises(StepRefused) as short:
        campaigns.submit_campaign(counsellor, drafted, CAMPAIGN_STEP)
    assert "授权在结束日期前到期" in str(short.value)
    expire(version, 25)
    campaigns.submit_campaign(counsellor, drafted, CAMPAIGN_STEP)
    campaigns.agree_campaign(term.cast.actor("principal"), drafted, CAMPAIGN_STEP)
    campaigns.approve_campaign(term.cast.actor("psych_center_lead"), drafted, CAMPAIGN_STEP)
    campaigns.schedule_campaign(counsellor, drafted, CAMPAIGN_STEP)
    expire(version, 3)
    term.clock.set(at(drafted.opens_on, 9))
    assert campaigns.keep_time_of_all() == 0
    assert ("phqa", "1.0.1") not in scales_in_force(term.cast.county.id)
    assert "可以用" not in queries.entry_for(term.cast.actor("psych_center_lead"), "phqa").standing
    scales.license_scale(term.cast.actor("psych_center_lead"), version, desk.licence(200, file=None))
    assert campaigns.keep_time_of_all() == 1


def test_a_campaign_keeps_its_version_when_a_newer_one_is_in_force(term: Term, desk: Shelf) -> None:
    campaign = term.opened()
    term.agree("学生00")
    desk.in_force(desk.draft(ScaleIn(by_hand(), "分档移一分")))
    use_context(SYSTEM.context())
    assert [(one.code, one.version) for one in campaign.definitions] == [("phq9", "1.0.0"), ("gad7", "1.0.0")]
    term.answer("学生00", {"phq9": [0, 1, 0, 0, 1, 0, 0, 0, 0], "gad7": TENS})
    (result,) = [one for one in term.all(ScaleResult) if one.scale_code == "gad7"]
    assert (result.scale_version, result.band) == ("1.0.0", 2)
    with pytest.raises(Invalid):
        term.draft(scales=("gad7 1.0.0",))


def test_answers_to_a_version_of_the_county_are_scored_by_it_after_it_is_stopped(term: Term, desk: Shelf) -> None:
    version = desk.in_force(desk.draft(ScaleIn(by_hand(), "分档移一分")))
    drafted = term.draft(scales=("gad7 1.1.0",))
    counsellor = term.cast.actor("school_counselor")
    campaigns.submit_campaign(counsellor, drafted, CAMPAIGN_STEP)
    campaigns.agree_campaign(term.cast.actor("principal"), drafted, CAMPAIGN_STEP)
    campaigns.approve_campaign(term.cast.actor("psych_center_lead"), drafted, CAMPAIGN_STEP)
    campaigns.schedule_campaign(counsellor, drafted, CAMPAIGN_STEP)
    scales.stop(
        term.cast.actor("psych_center_lead"), version, scales.VersionStep(reason="县里改用另一份量表，不再续用")
    )
    term.agree("学生00")
    term.clock.set(at(drafted.opens_on, 9))
    assert campaigns.keep_time_of_all() == 1
    term.answer("学生00", {"gad7": TENS})
    (result,) = term.all(ScaleResult)
    assert (result.scale_version, result.band) == ("1.1.0", 1)
    known = titles(counsellor, [result])
    assert known["gad7", "1.1.0"].title.zh == version.title


def test_an_answer_to_another_version_is_refused_and_says_to_reload(term: Term) -> None:
    term.opened()
    term.agree("学生00")
    holder, task = term.student("学生00")
    answering.begin_answering(holder.actor, task, answering.TaskStep())
    db.session.refresh(task)
    wrong = Answer("gad7", 1, 2, 1, 900, version="1.1.0")
    assert "另一个版本" in refused(lambda: answering.save_answer(holder.actor, task, wrong))
    answering.save_answer(holder.actor, task, Answer("gad7", 1, 2, 2, 900, version="1.0.0"))
    use_context(SYSTEM.context())
    with trail.act(SYSTEM, "system", "test.other_version"):
        db.session.execute(
            update(ScaleResponse).values(scale_version="0.9.0").where(ScaleResponse.scale_code == "gad7")
        )
    use_context(holder.actor.context())
    assert "另一个版本" in refused(lambda: answering.save_answer(holder.actor, task, Answer("gad7", 2, 2, 3, 900)))


def test_a_county_sees_and_uses_its_own_versions_only(term: Term, desk: Shelf) -> None:
    version = desk.in_force(desk.draft(ScaleIn(by_hand(), "分档移一分")))
    other = next(unit.county_id for unit in term.cast.units.values() if unit.county_id != version.county_id)
    assert ("gad7", "1.1.0") not in definitions(other, [("gad7", "1.1.0")])
    assert ("gad7", "1.0.0") in scales_in_force(other)
    assert definitions(version.county_id, [("gad7", "1.1.0")])


def test_differences_name_each_place_with_what_stood_there() -> None:
    before, after = shelf_scale("gad7"), read_scale(by_hand())
    places = {one.place: (one.before, one.after) for one in differences(before, after)}
    assert places["bands.1.cuts.2.max"] == ("9.0", "10.0")
    assert places["bands.1.cuts.2.zh"] == ("轻度", None)
    assert not any(place.startswith(("items", "options", "version")) for place in places)
    assert differences(before, before) == []


def test_every_shipped_scale_is_in_the_registry_with_its_standing(shelf_of: Shelf) -> None:
    rows = {one.code: one for one in queries.registry(shelf_of.cast.actor("psych_center_lead"))}
    assert rows.keys() == {code for code, _version in shelf()}
    found = {code: row.standing for code, row in rows.items()}
    assert found["phq9"] == "usable" and found["mht"] == "key" and found["asq"] == found["psc17_mixed"] == "other"
    shelf_of.in_force(shelf_of.texts("phqa"))
    use_context(SYSTEM.context())
    assert queries.entry_for(shelf_of.cast.actor("school_counselor"), "phqa").standing == "usable"


def test_cut_offs_of_every_shipped_scale_name_their_source() -> None:
    for scale in shelf().values():
        assert scale.bands and all(bands.source for bands in scale.bands), scale.code


@pytest.mark.parametrize("code", ["phq9", "gad7", "who5", "cesdc", "dass21", "mssmhs"])
def test_scoring_by_the_record_is_scoring_by_the_file(shelf_of: Shelf, code: str) -> None:
    """Whatever is answered: the version kept as a record of a county comes to the numbers of the definition in its file."""
    file = shelf_scale(code)
    worded_file = ScaleIn(content(code, "7.0.0"), "同样的内容")
    shelf_of.in_force(shelf_of.draft(worded_file) if file.complete else shelf_of.texts(code, number="7.0.0"))
    use_context(SYSTEM.context())
    record = definitions(shelf_of.cast.county.id, [(code, "7.0.0")])[code, "7.0.0"]

    @settings(max_examples=60, deadline=None)
    @given(
        given_=st.fixed_dictionaries(
            {n: st.one_of(st.none(), st.sampled_from(sorted(file.values(item)))) for n, item in file.by_id.items()}
        )
    )
    def same(given_: dict[int, int | None]) -> None:
        assert score(record, given_) == score(file, given_)

    same()


def test_campaigns_of_before_are_read_as_they_were(term: Term) -> None:
    campaign = term.draft()
    use_context(SYSTEM.context())
    found = db.session.scalar(select(ScreeningCampaign).where(ScreeningCampaign.id == campaign.id))
    assert found is not None and [one.code for one in found.definitions] == ["phq9", "gad7"]


HTTPS = {"base_url": "https://localhost"}


def test_the_pages_lead_from_the_key_to_texts_licence_and_the_difference(shelf_of: Shelf, app: Flask) -> None:
    client = sign_in(app.test_client(), shelf_of.cast["psych_center_lead"])
    index = client.get("/scales", **HTTPS)
    assert index.status_code == 200 and "只有计分键" in index.text and "权利人不允许做成电子版" in index.text
    form = client.get("/scales/kinds/phqa/texts", **HTTPS)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
    items, options = lines(shelf_scale("phqa"))
    until = clock.today() + timedelta(days=30)
    sent: dict[str, Any] = {
        "csrf_token": token[1] if token else "", "items": items.replace("示例句子9", ""), "options": options,
        "scale_number": "1.0.1", "holder": "某出版社", "number": "授 2026-7", "until": until.isoformat(),
        "file": (io.BytesIO(pdf("授权书")), "授权书.pdf"),
    }  # fmt: skip
    wrong = client.post("/scales/kinds/phqa/texts", data=sent, **HTTPS)
    assert wrong.status_code == 422 and "第 9 行：题 9 没有文字" in wrong.text and "示例句子8" in wrong.text
    kept = client.post(
        "/scales/kinds/phqa/texts",
        data={**sent, "items": items, "file": (io.BytesIO(pdf("授权书")), "授权书.pdf")},
        **HTTPS,
    )
    assert kept.status_code == 303, kept.text[:2000]
    address = kept.headers["Location"]
    page = client.get(address, **HTTPS)
    assert page.status_code == 200 and "授权还有 30 天到期" in page.text and "示例句子9" in page.text
    changes = client.get(f"{address}/changes", **HTTPS)
    assert changes.status_code == 200 and "题目 9 中文" in changes.text
    assert client.get(f"{address}/licence", **HTTPS).status_code == 200
    assert client.get(f"{address}/licence/new", **HTTPS).status_code == 200
    assert client.get(f"{address}/steps/submit", **HTTPS).status_code == 200
    assert client.get(f"{address}/replace", **HTTPS).status_code == 200
    file = client.get(f"{address}/file.yaml", **HTTPS)
    assert read_scale(file.text).version == "1.0.1"
    assert client.get("/scales/new", **HTTPS).status_code == 200
    for one in shelf().values():
        assert client.get(f"/scales/kinds/{one.code}", **HTTPS).status_code == 200, one.code
        assert read_scale(client.get(f"/scales/kinds/{one.code}/file.yaml", **HTTPS).text) == one
