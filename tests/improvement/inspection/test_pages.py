"""Pages of the inspection indicators, and what of them stands on the yearly list, the checklist and the page of a visit."""

from __future__ import annotations

import io
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.core.database import use_context
from app.core.policy.actor import SYSTEM
from app.core.spreadsheets import open_book
from app.improvement.inspection.checking import sound_rows
from app.improvement.inspection.rows import Row, Rows, write_book
from tests.cast import Cast, sign_in
from tests.counting import counted_statements as counted
from tests.improvement.inspection.scenes import ROWS, TreeScene, changed
from tests.improvement.visits.scenes import VisitScene

TREES = "/inspection-trees"


def sent(rows: tuple[Row, ...], **changes: Any) -> dict[str, Any]:
    """The form of a new version with the rows as a workbook."""
    given: dict[str, Any] = {
        "code": "2026-9", "title": "中小学督导指标体系", "stages": ["primary", "junior"], "note": "第一版",
        "content": (io.BytesIO(write_book(rows)), "指标.xlsx"),
    }  # fmt: skip
    return given | changes


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return unescape(answer.text)


def test_the_office_brings_a_workbook_in_and_the_group_puts_it_in_force(
    scene: TreeScene, client: FlaskClient, cast: Cast
) -> None:
    office = sign_in(client, cast["office_director"])
    answer = office.post(TREES, data=sent(tuple(sound_rows(Rows(ROWS)))))
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "B2.1 门卫登记完整" in read(office, address)
    assert office.post(f"{address}/steps/submit", data={}).status_code == 303
    member = sign_in(client, cast["leading_group_member"])
    assert "批准后由领导小组组长启用" in read(member, f"{address}/steps/approve")
    assert member.post(f"{address}/steps/approve", data={}).status_code == 303
    head = sign_in(client, cast["leading_group_head"])
    assert head.post(f"{address}/steps/activate", data={}).status_code == 303
    assert scene.in_force() == {"primary": "2026-9", "junior": "2026-9"}
    assert "中小学督导指标体系 2026-9" in read(sign_in(client, cast["principal"]), TREES)


def test_a_table_with_bad_rows_is_answered_with_a_sentence_for_each_and_nothing_is_kept(
    scene: TreeScene, client: FlaskClient, cast: Cast
) -> None:
    office = sign_in(client, cast["office_director"])
    rows = tuple(sound_rows(Rows(ROWS)))
    bad = (*changed("B3", rows, parent="A7"), Row(12, "4", "B3.1", "B3", "又一条"))
    answer = office.post(TREES, data=sent(bad))
    page = unescape(answer.text)
    assert answer.status_code == 422
    assert "第 10 行：上级编号 A7 在表里没有" in page and "第 12 行：编号 B3.1 和第 11 行重复" in page
    assert "还没有督导指标" in read(office, TREES)


@pytest.mark.parametrize(
    ("content", "name", "why"), [(b"", "a.xlsx", "请选择一个文件"), (b"%PDF-1.4", "a.xlsx", "PDF")]
)
def test_a_file_that_is_none_is_told_at_its_field(
    scene: TreeScene, client: FlaskClient, cast: Cast, content: bytes, name: str, why: str
) -> None:
    answer = sign_in(client, cast["office_director"]).post(TREES, data=sent((), content=(io.BytesIO(content), name)))
    assert answer.status_code == 422 and why in unescape(answer.text)


def test_a_version_says_what_changed_and_leaves_as_workbook_and_yaml(
    scene: TreeScene, client: FlaskClient, cast: Cast
) -> None:
    scene.tree()
    draft = scene.tree("draft", changed("B2.1", title="门卫逐人登记"), code="2026-2")
    office = sign_in(client, cast["office_director"])
    page = read(office, draft.address)
    assert "和 2026-1 相比" in page and "B2.1 名称由“门卫登记完整”改为“门卫逐人登记”" in page
    book = open_book(office.get(f"{draft.address}/file.xlsx").data, "a.xlsx")
    assert [row[1] for row in book.sheets[0].cells[1:]] == [row.number for row in ROWS]
    assert "门卫逐人登记" in office.get(f"{draft.address}/file.yaml").text
    assert sign_in(client, cast["principal"]).get(draft.address).status_code == 404


def test_the_yearly_list_offers_branches_and_the_visit_shows_its_points_by_branch_with_the_effect(
    cast: Cast, client: FlaskClient, scene: TreeScene
) -> None:
    stage, visiting = scene, VisitScene(cast)
    stage.tree()
    office = sign_in(client, cast["office_director"])
    assert "B1 课程实施" in read(office, "/visit-programme/new")
    day = visiting.given().visit_on
    entry = visiting.entry(branches=("B1",), kind="routine", basis="", from_on=day, to_on=day)
    visit = visiting.planned(visiting.item("accepted"), entry_id=entry.id, kind="routine")
    for state in ("notified", "self_reported", "on_site"):
        getattr(visiting, f"to_{state}")(visit)
    page = read(sign_in(client, cast["inspector"]), f"{visit.address}/checklist")
    assert "A1 依法办学 · B1 课程实施" in page and "现场查看" in page
    use_context(SYSTEM.context())
    visit = visiting.again(visit)
    visiting.find(visit, text="课后服务没有按课表上")
    for state in ("shown", "issued", "follow_up"):
        getattr(visiting, f"to_{state}")(visit)
    for key in ("office_director", "principal"):
        page = read(sign_in(client, cast[key]), visit.address)
        assert "A1 依法办学 · B1 课程实施" in page and "部分看到 2" in page
        assert "督导问效" in page and "太少，不下结论" in page
    for address in (f"/visit-programme?year={day.year}", entry.address):
        assert "督导问效" in read(sign_in(client, cast["office_director"]), address)


def test_a_tree_of_many_points_asks_no_more_than_a_small_one(scene: TreeScene, client: FlaskClient, cast: Cast) -> None:
    many = (*ROWS, *(Row(20 + n, "观测点", f"B3.{n}", "B3", f"第{n}条") for n in range(2, 60)))
    small, large = scene.tree("draft"), scene.tree("draft", many, code="2026-2")
    office, asked = sign_in(client, cast["office_director"]), []
    for tree in (small, small, large):
        with counted() as seen:
            read(office, tree.address)
        asked.append(len(seen))
    assert asked[2] <= asked[1]
