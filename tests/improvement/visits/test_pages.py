"""Pages of visits: who sees what and when, and how many questions a list asks of the database."""

from __future__ import annotations

import io
from datetime import timedelta
from html import unescape

from docx import Document
from flask.testing import FlaskClient
from flask_babel import force_locale
from pypdf import PdfReader
from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.outbox.deliver import drain
from app.core.policy.actor import SYSTEM
from app.improvement.visits import sheet
from app.improvement.visits.models import SupervisionVisit, VisitDocument, VisitPrint
from app.improvement.visits.queries.visits import VisitFilter, visits_page
from app.people.directory.pinyin import pinyin_of
from tests.by_hand import by_hand
from tests.cast import Cast, sign_in
from tests.counting import counted_statements as counted
from tests.improvement.visits.scenes import VisitScene


def test_a_school_never_learns_of_a_visit_that_is_being_planned(
    scene: VisitScene, client: FlaskClient, cast: Cast
) -> None:
    visit = scene.special(scene.item("issued"))
    school = sign_in(client, cast["principal"])
    assert school.get(visit.address).status_code == 404
    assert visit.number not in school.get("/visits").text and visit.number not in school.get("/todo").text


def test_a_school_reads_findings_only_from_the_draft_on(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    visit = scene.visit("on_site")
    scene.see(visit, "not_seen")
    scene.find(visit, text="课表与实际上课不一致")
    school = sign_in(client, cast["principal"])
    page = unescape(school.get(visit.address).text)
    assert "课表与实际上课不一致" not in page and "两个班有分层作业" not in page
    use_context(SYSTEM.context())
    scene.to_shown(scene.again(visit))
    assert "课表与实际上课不一致" in unescape(school.get(visit.address).text)


def test_another_school_gets_no_page_of_it(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    visit = scene.visit("notified")
    for key in ("yuntai_principal", "other_principal", "other_office_director", "dept_head", "leading_group_member"):
        assert sign_in(client, cast[key]).get(visit.address).status_code == 404, key


def test_a_visit_is_found_by_how_its_school_sounds(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    visit = scene.visit("notified")
    office, sound = sign_in(client, cast["office_director"]), pinyin_of(visit.unit.short_name).partition("|")[0]
    for typed in (sound.replace(" ", ""), sound):
        assert visit.number in office.get("/visits", query_string={"q": typed}).text
    assert visit.number not in office.get("/visits?q=nosuchsound").text


def test_the_member_of_a_team_sees_the_visit_on_the_first_page(
    scene: VisitScene, client: FlaskClient, cast: Cast
) -> None:
    visit = scene.visit("self_reported", scene.item("issued", title="错因统计没有做"))
    scene.on_the_day(visit)
    page = unescape(sign_in(client, cast["inspector_2"]).get("/").text)
    assert "今天去哪所学校、查什么" in page and "错因统计没有做" in page


def test_the_page_of_an_item_names_the_visits_that_saw_it(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    item = scene.item("issued")
    visit = scene.visit("issued", item)
    page = unescape(sign_in(client, cast["office_director"]).get(item.address).text)
    assert visit.number in page and "两个班有分层作业" in page


def test_a_severe_closure_is_verified_on_site_by_a_visit(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    item = scene.item("implementing", severity="severe")
    visit = scene.visit("on_site", item)
    assert not item.was_seen_on_a_visit
    scene.see(visit)
    assert item.was_seen_on_a_visit


def test_the_feedback_sheet_carries_its_labels_in_order_and_a_new_edition_when_it_says_more(
    scene: VisitScene, cast: Cast
) -> None:
    visit = scene.visit("on_site")
    scene.see(visit)
    scene.find(visit)
    scene.to_shown(visit)
    scene.to_issued(visit)
    drain()
    use_context(SYSTEM.context())
    first = _editions(visit)
    assert first and set(first) == {1}
    facts = sheet.facts_of(SYSTEM, scene.again(visit))
    assert tuple(label for label, _ in facts.lines) == sheet.LABELS

    words = Document(io.BytesIO(sheet.as_word(facts, "0" * 16, 1)))
    cells = [cell.text for table in words.tables for row in table.rows for cell in row.cells]
    places = [next(i for i, text in enumerate(cells) if text.strip() == label) for label in sheet.LABELS]
    assert places == sorted(places)
    drain()
    assert _editions(visit) == first
    use_context(SYSTEM.context())
    scene.respond(scene.again(visit))
    drain()
    assert set(_editions(visit)) == {1, 2}


FIELDS = "学校 类型 视导组 日期 范围 亮点 问题 建议 学校回应 核验".split()
"""The form as domain §9.3 has it: document 3, in its order; evidence and day stand behind the word for problems."""


def test_forty_findings_print_whole_on_paper_and_in_word_in_the_order_of_the_form(scene: VisitScene) -> None:
    visit = scene.visit("on_site")
    scene.see(visit)
    scene.find(visit, "strength", text="集体备课有记录")
    scene.find(visit, "suggestion", text="错因统计与单元复习结合")
    for number in range(1, 41):
        scene.find(visit, text=f"第{number}处，{'八年级三班没有分层作业，学困生错题没有跟进' * 3}")
    for step in ("shown", "issued", "follow_up"):
        getattr(scene, f"to_{step}")(visit)
    facts = sheet.facts_of(SYSTEM, scene.again(visit))
    with force_locale("zh"):
        pages = PdfReader(io.BytesIO(sheet.as_pdf(facts, "0" * 16, 1))).pages
        words = Document(io.BytesIO(sheet.as_word(facts, "0" * 16, 1)))
    paper = "".join("".join(page.extract_text().split()) for page in pages)
    typed = ["".join(cell.text.split()) for table in words.tables for row in table.rows for cell in row.cells]
    assert len(pages) > 3 and paper.count("用印处") == 1
    assert "（用印处）" in [one.text for one in words.paragraphs]
    for number in range(1, 41):
        assert f"{number}.第{number}处，" in paper and any(f"{number}.第{number}处，" in cell for cell in typed)
    assert [label.split("（")[0] for label, _lines in facts.lines] == FIELDS
    heads = [cell.split("（")[0] for cell in typed if cell.split("（")[0] in FIELDS]
    assert list(dict.fromkeys(heads)) == FIELDS
    places = [paper.index(label, paper.index(sheet.TITLE)) for label in ("范围", "亮点", "问题（依据", "学校回应")]
    assert places == sorted(places)


def _editions(visit: object) -> list[int]:
    use_context(SYSTEM.context())
    return list(db.session.scalars(select(VisitDocument.edition).where(VisitDocument.visit_id == visit.id)))  # type: ignore[attr-defined]


def test_security_59_a_sheet_is_verified_by_its_code_without_a_word_about_the_school(
    scene: VisitScene, client: FlaskClient
) -> None:
    visit = scene.visit("issued")
    drain()
    use_context(SYSTEM.context())
    ref = db.session.scalars(select(VisitPrint.ref)).first()
    page = unescape(client.get(f"/verify/visits/{ref}").text)
    assert visit.number in page and "双桥" not in page and "唐慕白" not in page
    assert client.get("/verify/visits/0000000000000000").status_code == 404


def test_a_list_of_visits_asks_no_more_when_it_is_longer(scene: VisitScene, client: FlaskClient, cast: Cast) -> None:
    office = sign_in(client, cast["office_director"])
    scene.planned()
    office.get("/visits")
    with counted() as few:
        office.get("/visits")
    use_context(SYSTEM.context())
    for _ in range(6):
        scene.planned()
    with counted() as many:
        assert office.get("/visits").status_code == 200
    assert len(many) <= len(few) + 1


def test_a_visit_that_is_put_off_while_pages_are_turned_takes_no_other_with_it(scene: VisitScene) -> None:
    made = [scene.planned(kind="special", visit_on=clock.today() + timedelta(days=day)) for day in range(20, 27)]
    office, after, shown = scene.actor("office_director"), "", list[str]()
    for _ in range(4):
        use_context(office.context())
        page = visits_page(office, VisitFilter(after=after), 2)
        shown += [one.number for one in page.rows]
        after = page.after
        use_context(SYSTEM.context())
        with by_hand("test.put_off"):
            db.session.get_one(SupervisionVisit, page.rows[-1].id).visit_on = clock.today()
    use_context(office.context())
    assert {one.number for one in made} <= set(shown)
    whole = visits_page(office, VisitFilter()).rows
    assert [one.id for one in visits_page(office, VisitFilter(after=whole[2].ref)).rows] == [
        one.id for one in whole[3:]
    ]


def test_a_page_that_ends_on_a_visit_without_a_day_is_followed_by_the_rest(scene: VisitScene) -> None:
    made = [scene.planned(kind="special", visit_on=clock.today() + timedelta(days=day)) for day in range(20, 27)]
    with by_hand("test.no_day"):
        for one in made[2:6]:
            db.session.get_one(SupervisionVisit, one.id).visit_on = None
    office, after, shown = scene.actor("office_director"), "", list[str]()
    use_context(office.context())
    while page := visits_page(office, VisitFilter(after=after), 2):
        shown += [one.number for one in page.rows]
        after = page.after
        if not after:
            break
    everything = [one.number for one in visits_page(office, VisitFilter()).rows]
    assert shown == everything and {one.number for one in made} <= set(shown)
    assert set(shown[:4]) == {one.number for one in made[2:6]}, "those without a day come first"
