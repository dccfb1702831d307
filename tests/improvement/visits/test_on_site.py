"""On the spot: what is sent late, twice, or at the same time as a colleague's; photos and their limits."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from flask import current_app
from PIL import Image

from app.core import clock
from app.core.errors import Invalid, StepRefused
from app.core.storage import EVIDENCE, Stored
from app.improvement.visits.models import SupervisionVisit
from app.improvement.visits.numbers import visit_numbers
from app.improvement.visits.operations import findings, on_site
from app.improvement.visits.operations.planning import VisitStep
from tests.improvement.visits.scenes import VisitScene


def observe(scene: VisitScene, visit: SupervisionVisit, who: str, *seen: on_site.Seen) -> dict[str, str]:
    return on_site.observe(scene.actor(who), visit, on_site.ObserveIn(seen))


def test_the_same_record_sent_again_changes_nothing(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    one = scene.seen(visit.lines[0].ref, "seen")
    assert (
        observe(scene, visit, "inspector", one) == observe(scene, visit, "inspector", one) == {one.client_key: "kept"}
    )
    assert len(visit.lines[0].observations) == 1


def test_a_later_record_of_the_same_member_takes_the_place_of_the_earlier_and_both_stay(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    line = visit.lines[0]
    observe(scene, visit, "inspector", scene.seen(line.ref, "not_seen"), scene.seen(line.ref, "seen"))
    assert len(line.observations) == 2
    assert line.seen is not None and line.seen.seen == "seen"


def test_two_members_who_did_not_know_of_each_other_make_a_conflict_that_one_settles(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    line = visit.lines[0]
    first, second = scene.seen(line.ref, "seen"), scene.seen(line.ref, "not_seen")
    observe(scene, visit, "inspector", first)
    assert observe(scene, visit, "inspector_2", second) == {second.client_key: "conflict"}
    assert (visit.conflict_count, len(line.observations)) == (1, 2)
    scene.find(visit, "strength")
    with pytest.raises(StepRefused, match="两份不一样的记录"):
        findings.show_draft(scene.actor("inspector"), visit, VisitStep())
    chosen = next(one for one in line.standing if one.client_key == second.client_key)
    on_site.settle_conflict(scene.actor("inspector"), visit, on_site.SettleIn(line.ref, chosen.ref))
    assert (visit.conflict_count, len(line.observations)) == (0, 2)
    assert line.seen is chosen


def test_a_member_who_knew_what_a_colleague_saw_puts_it_right_without_a_conflict(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    line = visit.lines[0]
    first = scene.seen(line.ref, "seen")
    observe(scene, visit, "inspector", first)
    second = scene.seen(line.ref, "partly", knew=first.client_key)
    assert observe(scene, visit, "inspector_2", second) == {second.client_key: "kept"}
    assert line.seen is not None and line.seen.seen == "partly"


def test_a_record_that_arrives_after_the_feedback_is_kept_but_does_not_count(scene: VisitScene) -> None:
    visit = scene.visit("issued")
    line = visit.lines[0]
    counted = line.seen
    late = scene.seen(line.ref, "not_seen")
    assert observe(scene, visit, "inspector_2", late) == {late.client_key: "late"}
    assert line.seen is counted and len(line.observations) == 2


def test_nothing_is_recorded_before_the_team_has_signed_in(scene: VisitScene) -> None:
    visit = scene.visit("self_reported")
    with pytest.raises(StepRefused, match="不在现场"):
        observe(scene, visit, "inspector", scene.seen(visit.lines[0].ref))


def test_an_observation_moves_only_its_own_item(scene: VisitScene) -> None:
    items = [scene.item("implementing", title=title) for title in ("分层作业没有落实", "错因统计没有做")]
    visit = scene.visit("on_site", *items)
    observe(scene, visit, "inspector", scene.seen(visit.lines[0].ref, "seen"))
    assert [len(line.observations) for line in visit.lines] == [1, 0]
    assert [item.has_onsite_check for item in items] == [True, False]
    assert [item.state for item in items] == ["implementing", "implementing"]


def test_a_phone_whose_clock_runs_ahead_does_not_write_into_the_future(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    observe(scene, visit, "inspector", scene.seen(visit.lines[0].ref, observed_at=clock.now() + timedelta(days=400)))
    kept = visit.lines[0].observations[0]
    assert kept.observed_at <= clock.now() + timedelta(minutes=5)


def photo(scene: VisitScene, number: int = 0) -> Stored:
    """A photo with a place in it, as the phone takes it."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (28.0, 30.0, 0.0), 3: "E", 4: (120.0, 12.0, 0.0)}
    content = BytesIO()
    Image.new("RGB", (64, 48), (number % 256, 90, 160)).save(content, "JPEG", exif=exif)
    assert Image.open(content).getexif().get_ifd(0x8825)
    content.seek(0)
    return current_app.extensions["bihuan.shelf"].put(content, "教室.jpg", EVIDENCE, visit_numbers().photo_mb)


def test_the_place_is_taken_out_of_a_photo(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    line = visit.lines[0]
    given = on_site.PhotoIn(line.ref, str(uuid.uuid4()), photo(scene))
    kept = on_site.add_photo(scene.actor("inspector"), visit, given)
    with current_app.extensions["bihuan.shelf"].open(kept.file_sha256) as file:
        assert not Image.open(file).getexif().get_ifd(0x8825)


def test_of_200_photos_twelve_are_kept_and_the_sentence_says_the_limit(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    line, file, refused = visit.lines[0], photo(scene), 0
    for _ in range(200):
        given = on_site.PhotoIn(line.ref, str(uuid.uuid4()), file)
        try:
            on_site.add_photo(scene.actor("inspector"), visit, given)
        except Invalid as why:
            refused += 1
            assert "一项最多 12 张照片" in str(why.sentences["file"])
    assert (len(line.photos), refused) == (12, 188)


def test_a_photo_sent_again_after_a_broken_line_is_kept_once(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    given = on_site.PhotoIn(visit.lines[0].ref, str(uuid.uuid4()), photo(scene))
    first = on_site.add_photo(scene.actor("inspector"), visit, given)
    assert on_site.add_photo(scene.actor("inspector"), visit, given) is first
    assert len(visit.lines[0].photos) == 1
