"""What a school shows: to its own people, to the county's desks, and to everybody; papers of the library put out; the roll."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.database import use_context
from app.core.errors import NotFound, StepRefused
from app.core.policy.actor import SYSTEM
from app.core.storage import EVIDENCE
from app.improvement.disclosure.models import LibraryDocument, ResultDisclosure
from app.improvement.disclosure.operations import disclosures
from app.improvement.disclosure.operations import document_library as library
from app.improvement.disclosure.operations.disclosures import DisclosureStep, Source
from app.improvement.disclosure.operations.roll_names import look_at_all_rolls
from app.improvement.disclosure.queries import school_pages as queries
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.disclosure.scenes import REASON, TOLD, DisclosureScene


def paper(scene: DisclosureScene, app: Flask, number: str = "清教〔2026〕8号", **about: object) -> LibraryDocument:
    file = app.extensions["bihuan.shelf"].put(io.BytesIO(b"a,b\n1,2\n"), "方案.csv", EVIDENCE)
    place = library.LibraryPlace(scene.cast.county.id, scene.cast["office_director"].unit.id)
    given = library.DocumentIn("监测结果应用实施方案", "plan", "清澜县教育局", number, **about)  # type: ignore[arg-type]
    return library.add_document(scene.actor("office_director"), place, library.FirstIn(given, file))


def out(scene: DisclosureScene, document: LibraryDocument) -> ResultDisclosure:
    return scene.let_out(source=Source("document", document.id), title="实施方案公开")


def test_the_page_of_a_school_shows_what_is_closed_and_what_is_out_to_its_people_and_the_county(
    scene: DisclosureScene, app: Flask
) -> None:
    entry = scene.shown()
    scene.let_out(by="principal", head="office_director", title="本校数学教学改进说明")
    unit = scene.cast["principal"].unit
    for key in ("principal", "office_director", "leading_group_member"):
        words = sign_in(app.test_client(), scene.cast[key]).get(f"/school-pages/{unit.ref}").get_data(as_text=True)
        assert entry.item.title in words and TOLD["title"] in words and "本校数学教学改进说明" in words, key
    teacher = sign_in(app.test_client(), scene.cast["homeroom_teacher"])
    words = teacher.get(f"/school-pages/{unit.ref}").get_data(as_text=True)
    assert TOLD["title"] in words and entry.item.address not in words


def test_a_school_reads_its_own_page_alone(scene: DisclosureScene, app: Flask) -> None:
    unit = scene.cast["principal"].unit
    with pytest.raises(NotFound):
        queries.school_page(act_as(scene.actor("yuntai_principal")), unit.ref)
    with pytest.raises(NotFound):
        queries.school_page(act_as(scene.actor("other_office_director")), unit.ref)
    led = sign_in(app.test_client(), scene.cast["principal"]).get("/school-pages")
    assert led.location == f"/school-pages/{unit.ref}"
    assert unit.name in sign_in(app.test_client(), scene.cast["evaluator"]).get("/school-pages").get_data(as_text=True)


def test_everybody_reads_the_published_part_alone(scene: DisclosureScene, app: Flask) -> None:
    entry, unit = scene.shown(), scene.cast["principal"].unit
    gone = scene.let_out(by="principal", head="office_director", title="本校数学教学改进说明")
    reader = app.test_client()
    words = reader.get(f"/public/schools/{unit.ref}").get_data(as_text=True)
    assert unit.name in words and TOLD["title"] in words and "本校数学教学改进说明" in words
    assert entry.item.number not in words and "Set-Cookie" not in reader.get(f"/public/schools/{unit.ref}").headers
    disclosures.withdraw_disclosure(scene.actor("office_director"), gone, DisclosureStep(reason=REASON))
    words = reader.get(f"/public/schools/{unit.ref}").get_data(as_text=True)
    assert "本校数学教学改进说明" not in words and REASON in words
    assert reader.get(f"/public/schools/{scene.cast['yuntai_principal'].unit.ref}").status_code == 404


def test_a_paper_of_the_library_is_read_and_fetched_by_everybody_until_it_is_withdrawn(
    scene: DisclosureScene, app: Flask
) -> None:
    shown = out(scene, paper(scene, app))
    page, reader = scene.page_of(shown), app.test_client()
    words = reader.get(page.address).get_data(as_text=True)
    assert "清教〔2026〕8号" in words and f"{page.address}/file" in words
    file = reader.get(f"{page.address}/file")
    assert (file.status_code, file.data) == (200, b"a,b\n1,2\n")
    disclosures.withdraw_disclosure(scene.actor("leading_group_head"), shown, DisclosureStep(reason=REASON))
    assert reader.get(f"{page.address}/file").status_code == 404
    assert reader.get(page.address).status_code == 410


def test_a_paper_kept_for_some_roles_does_not_go_out(scene: DisclosureScene, app: Flask) -> None:
    kept = paper(scene, app, roles=("inspector",))
    with pytest.raises(StepRefused, match="已经发布"):
        scene.handed_in(source=Source("document", kept.id))


def test_a_paper_that_is_replaced_goes_from_the_public_page_by_itself(scene: DisclosureScene, app: Flask) -> None:
    old = paper(scene, app)
    shown = out(scene, old)
    assert disclosures.keep_time_of_all() == 0
    new = paper(scene, app, "清教〔2026〕20号", in_force_on=clock.today() - timedelta(days=1))
    library.replace_document(scene.actor("office_director"), old, library.ReplacedIn(new))
    assert disclosures.keep_time_of_all() == 1
    assert (shown.state, scene.page_of(shown).is_open) == ("withdrawn", False)


def test_the_office_puts_a_paper_out_from_its_page(scene: DisclosureScene, app: Flask) -> None:
    document = paper(scene, app)
    client = sign_in(app.test_client(), scene.cast["office_director"])
    words = client.get(document.address).get_data(as_text=True)
    assert f"/disclosures/new?source=document:{document.ref}" in words
    form = client.get(f"/disclosures/new?source=document:{document.ref}").get_data(as_text=True)
    assert f'selected value="document:{document.ref}"' in form


def test_a_name_on_the_roll_warns_whoever_approves_and_no_name_does_not(scene: DisclosureScene, app: Flask) -> None:
    pupil = scene.pupil("祁沐阳")
    named = scene.handed_in(by="principal", statement=f"{pupil}的作业进步很大。\n下一步做分层作业。")
    clean = scene.handed_in(by="principal", title="另一份说明")
    director = sign_in(app.test_client(), scene.cast["office_director"])
    assert "正在和学籍名单核对" in director.get(named.address).get_data(as_text=True)
    use_context(SYSTEM.context())
    assert look_at_all_rolls() == 2 and look_at_all_rolls() == 0
    words = director.get(named.address).get_data(as_text=True)
    assert "和学籍名单相同的名字" in words and pupil in words
    assert "和学籍名单相同的名字" in director.get(f"{named.address}/steps/approve").get_data(as_text=True)
    assert "和学籍名单相同" not in director.get(clean.address).get_data(as_text=True)


def test_a_new_hand_in_is_looked_at_anew(scene: DisclosureScene) -> None:
    scene.pupil("祁沐阳")
    found = scene.handed_in(by="principal", statement="祁沐阳同学进步很大。")
    look_at_all_rolls()
    assert found.roll_names == ["祁沐阳"]
    disclosures.return_disclosure(scene.actor("office_director"), found, DisclosureStep(reason=REASON))
    changed = scene.given(statement="八年级学生进步很大。")
    disclosures.write_disclosure(scene.actor("principal"), found, changed)
    disclosures.submit_disclosure(scene.actor("principal"), found, DisclosureStep())
    look_at_all_rolls()
    assert found.roll_names == []


def test_a_file_that_has_to_be_there_is_not_called_optional(scene: DisclosureScene, app: Flask) -> None:
    document = paper(scene, app)
    client = sign_in(app.test_client(), scene.cast["office_director"])
    for address in ("/library/new", f"/library/{document.ref}/versions"):
        words = client.get(address).get_data(as_text=True)
        legend = words.split("<legend>文件")[1].split("</legend>")[0]
        assert "选填" not in legend, address
