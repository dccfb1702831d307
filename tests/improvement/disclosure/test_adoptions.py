"""Who takes an example up: other schools say so and take it back, its unit and the office read the list, nobody else."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.errors import NotFound, StepRefused
from app.improvement.disclosure.models import PublicPage, ShowcaseAdoption
from app.improvement.disclosure.operations import adoptions, showcase
from app.improvement.disclosure.operations.adoptions import AdoptionEnd, AdoptionIn, AdoptionPlace
from app.improvement.disclosure.operations.disclosures import DisclosureStep
from app.improvement.disclosure.queries import adoptions as queries
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.disclosure.scenes import REASON, TOLD, DisclosureScene

PLAN = "八年级下学期试用分层作业，先在两个班"


def taken(scene: DisclosureScene, page: PublicPage, by: str = "yuntai_principal") -> ShowcaseAdoption:
    unit = scene.cast[by].unit
    place = AdoptionPlace(scene.cast.county.id, unit.id, unit.school_id)
    return adoptions.adopt_example(act_as(scene.actor(by)), place, AdoptionIn(page, PLAN))


def test_the_unit_behind_and_the_office_read_who_takes_it_up_and_other_schools_do_not(
    scene: DisclosureScene, app: Flask
) -> None:
    entry = scene.shown()
    page = scene.page_of(entry)
    taken(scene, page)
    for key in ("principal", "office_director", "leading_group_head"):
        words = sign_in(app.test_client(), scene.cast[key]).get(entry.address).get_data(as_text=True)
        assert PLAN in words, key
    own = sign_in(app.test_client(), scene.cast["yuntai_principal"]).get(f"/examples/{page.ref}").get_data(as_text=True)
    assert PLAN in own and "谁在借鉴" not in own
    other = sign_in(app.test_client(), scene.cast["subject_researcher"]).get(f"/examples/{page.ref}")
    assert other.status_code == 200 and PLAN not in other.get_data(as_text=True)


def test_a_school_takes_an_example_up_once_and_never_its_own(scene: DisclosureScene) -> None:
    page = scene.page_of(scene.shown())
    with pytest.raises(StepRefused, match="自己的案例"):
        taken(scene, page, "principal")
    first = taken(scene, page)
    with pytest.raises(StepRefused, match="已经登记"):
        taken(scene, page)
    adoptions.end_adoption(scene.actor("yuntai_principal"), first, AdoptionEnd("教研组重排了计划，下学期再用"))
    assert taken(scene, page).id != first.id


def test_giving_it_up_keeps_the_line_with_its_reason_and_is_the_schools_own_deed(scene: DisclosureScene) -> None:
    entry = scene.shown()
    first = taken(scene, scene.page_of(entry))
    with pytest.raises(NotFound):
        queries.adoption_for(act_as(scene.actor("principal")), first.ref)
    adoptions.end_adoption(scene.actor("yuntai_principal"), first, AdoptionEnd("教研组重排了计划"))
    lines = queries.adopters_of(act_as(scene.actor("principal")), entry.id)
    assert [(one.unit_id, one.ended_reason) for one in lines] == [(first.unit_id, "教研组重排了计划")]
    with pytest.raises(StepRefused, match="已经登记不再"):
        adoptions.end_adoption(scene.actor("yuntai_principal"), first, AdoptionEnd("再说一次"))


def test_a_withdrawn_example_leaves_the_list_and_is_taken_up_no_more(scene: DisclosureScene) -> None:
    entry = scene.shown()
    page = scene.page_of(entry)
    assert [row.page.id for row in queries.examples(act_as(scene.actor("yuntai_principal")))] == [page.id]
    showcase.withdraw_showcase(scene.actor("principal"), entry, DisclosureStep(reason=REASON))
    assert queries.examples(act_as(scene.actor("yuntai_principal"))) == []
    with pytest.raises(StepRefused, match="已经撤回"):
        taken(scene, scene.page_of(entry))


def test_another_county_neither_finds_nor_reads_the_example(scene: DisclosureScene) -> None:
    page = scene.page_of(scene.shown())
    other = act_as(scene.actor("other_principal"))
    assert queries.examples(other) == []
    with pytest.raises(NotFound):
        queries.example_for(other, page.ref)


def test_a_school_finds_takes_up_and_gives_up_an_example_on_its_pages(scene: DisclosureScene, app: Flask) -> None:
    page = scene.page_of(scene.shown())
    client = sign_in(app.test_client(), scene.cast["yuntai_principal"])
    assert TOLD["title"] in client.get("/examples").get_data(as_text=True)
    assert client.get("/examples?scenario=health").get_data(as_text=True).count(TOLD["title"]) == 0
    assert client.post(f"/examples/{page.ref}/adoption", data={}).status_code == 422
    assert client.post(f"/examples/{page.ref}/adoption", data={"note": PLAN}).status_code == 303
    words = client.get(f"/examples/{page.ref}").get_data(as_text=True)
    assert "本校正在借鉴" in words and PLAN in words
    ref = words.split("/adoptions/")[1].split("/")[0]
    assert client.get(f"/adoptions/{ref}/end").status_code == 200
    sent = client.post(f"/adoptions/{ref}/end", data={"reason": "换了做法", "version": 1})
    assert sent.status_code == 303
    assert "登记借鉴" in client.get(f"/examples/{page.ref}").get_data(as_text=True)
