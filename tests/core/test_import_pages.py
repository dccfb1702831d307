"""The pages of an import, as people meet them."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.core.database import db, use_context
from app.core.imports.models import ImportBatch
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from app.core.web.chips import moment
from tests.cast import Cast, sign_in
from tests.people.directory.rolls import HEADERS, children, workbook


def roll(cast: Cast, count: int = 30) -> list[tuple[Any, ...]]:
    return list(children([(cast.units["shuangqiao"].code, "G7")], count))


def send(client: FlaskClient, data: bytes, name: str = "名册.xlsx", kind: str = "students") -> Any:
    form = {"file": (io.BytesIO(data), name), "sender": "学籍系统"}
    return client.post(f"/imports/new?kind={kind}", data=form, content_type="multipart/form-data")


def latest() -> ImportBatch:
    use_context(SYSTEM.context())
    found = db.session.scalars(select(ImportBatch).order_by(ImportBatch.created_at.desc())).first()
    assert found is not None
    db.session.refresh(found)
    return found


def press(client: FlaskClient, address: str, **fields: Any) -> Any:
    answer = client.post(address, data={"version": latest().version, **fields})
    deliver.drain()
    return answer


def mapped(client: FlaskClient, batch: ImportBatch) -> dict[str, str]:
    """What the mapping page would send as it stands."""
    html = client.get(batch.address).text
    fields = {}
    for name, body in re.findall(r'<select[^>]*name="(column-\d+)"[^>]*>(.*?)</select>', html, re.S):
        found = re.search(r'<option value="([^"]*)" selected', body)
        fields[name] = found[1] if found else "?"
    fields |= dict(re.findall(r'name="(use-\d+)" value="(1)"', html))
    return fields | dict(re.findall(r'name="(rows-\d+)"[^>]*value="([^"]*)"', html))


@pytest.fixture
def coordinator(client: FlaskClient, cast: Cast) -> FlaskClient:
    return sign_in(client, cast["school_coordinator"])


@pytest.fixture
def principal(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app.test_client(), cast["principal"])


def test_a_roster_walks_through_all_pages_by_two_people(
    coordinator: FlaskClient, principal: FlaskClient, cast: Cast
) -> None:
    assert "上传学生名册" in coordinator.get("/imports/new?kind=students").text
    answer = send(coordinator, workbook(roll(cast)))
    assert answer.status_code == 303
    batch = latest()
    assert "对应列名" in coordinator.get(batch.address).text

    assert press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch)).status_code == 303
    report = coordinator.get(batch.address).text
    assert "30 行都可以接收" in report
    assert "由有接收权限的人来接收" in report

    assert press(principal, f"{batch.address}/accept").status_code == 303
    assert "已接收 30 行" in principal.get(batch.address).text
    assert "已接收" in principal.get("/imports/").text


def test_while_a_job_runs_its_row_is_shown_and_the_page_moves_on_by_itself(
    coordinator: FlaskClient, cast: Cast
) -> None:
    send(coordinator, workbook(roll(cast)))
    batch = latest()
    coordinator.post(f"{batch.address}/check", data={"version": batch.version, **mapped(coordinator, batch)})

    assert "正在核对" in coordinator.get(batch.address).text
    row = coordinator.get(f"{batch.address}/progress")
    assert row.status_code == 200 and "hx-trigger" in row.text
    deliver.drain()
    over = coordinator.get(f"{batch.address}/progress")
    assert over.status_code == 204 and over.headers["HX-Redirect"] == batch.address


def test_the_same_file_again_answers_409_with_a_link_to_the_first_import(coordinator: FlaskClient, cast: Cast) -> None:
    data = workbook(roll(cast))
    send(coordinator, data)
    first = latest()
    answer = send(coordinator, data, "又一份.xlsx")

    assert answer.status_code == 409
    assert first.address in answer.text and "没有再导入一次" in answer.text
    assert latest().id == first.id


def test_a_broken_file_answers_422_and_keeps_what_was_typed(coordinator: FlaskClient) -> None:
    answer = send(coordinator, b"not a workbook at all")

    assert answer.status_code == 422
    assert 'value="学籍系统"' in answer.text and "有 1 处要改" in answer.text


def test_columns_that_are_missing_are_asked_for_and_nothing_typed_is_lost(coordinator: FlaskClient, cast: Cast) -> None:
    headers = (*HEADERS[:5], "男女", *HEADERS[6:])
    send(coordinator, workbook(roll(cast), headers))
    batch = latest()
    fields = mapped(coordinator, batch)

    refused = press(coordinator, f"{batch.address}/check", **fields)
    assert refused.status_code == 422 and "还差 1 个必需的列" in refused.text

    page = coordinator.get(batch.address).text
    number = re.search(r"男女</th>.*?name=\"(column-\d+)\"", page, re.S)
    assert number is not None
    assert press(coordinator, f"{batch.address}/check", **{**fields, number[1]: "gender"}).status_code == 303
    assert latest().state == "ready"


def test_header_rows_can_be_pointed_at(coordinator: FlaskClient, cast: Cast) -> None:
    send(coordinator, workbook(roll(cast)))
    batch = latest()

    assert press(coordinator, f"{batch.address}/columns", **{"rows-0": "一行"}).status_code == 422
    assert press(coordinator, f"{batch.address}/columns", **{"rows-0": "1"}).status_code == 303


def test_a_school_that_is_not_found_is_chosen_on_the_report_once_for_all_rows(
    coordinator: FlaskClient, cast: Cast
) -> None:
    rows = [("双桥中学分校", *row[1:]) for row in roll(cast)]
    send(coordinator, workbook(rows))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))

    report = coordinator.get(batch.address).text
    assert "改一次即可" in report and "双桥中学分校" in report
    press(coordinator, f"{batch.address}/choices", **{"choice-0-0": cast.units["shuangqiao"].code})
    assert latest().rows_good == 30


def test_rows_left_out_by_hand_need_a_reason_and_are_listed(coordinator: FlaskClient, cast: Cast) -> None:
    rows = roll(cast)
    rows[2] = (*rows[2][:6], "2010年2月30日", *rows[2][7:])
    send(coordinator, workbook(rows))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))

    refused = press(coordinator, f"{batch.address}/choices", **{"drop-0-0": "1"})
    assert refused.status_code == 422 and "请写明为什么移出这些行" in refused.text
    press(coordinator, f"{batch.address}/choices", **{"drop-0-0": "1", "drop_reason": "转学了，不再导入"})
    found = latest()
    assert (found.rows_blocked, found.rows_good, found.rows_dropped) == (0, 29, 1) and found.rows_balance


def test_the_annotated_workbook_is_the_senders_own_file_with_comments(coordinator: FlaskClient, cast: Cast) -> None:
    rows = roll(cast)
    rows[2] = (*rows[2][:6], "2010年2月30日", *rows[2][7:])
    send(coordinator, workbook(rows))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))

    answer = coordinator.get(f"{batch.address}/annotated")
    assert answer.status_code == 200 and answer.data.startswith(b"PK")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet["G4"].comment is not None


def test_two_people_who_press_accept_on_the_same_page_write_once(
    coordinator: FlaskClient, principal: FlaskClient, cast: Cast
) -> None:
    send(coordinator, workbook(roll(cast)))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))
    version = latest().version

    assert principal.post(f"{batch.address}/accept", data={"version": version}).status_code == 303
    assert principal.post(f"{batch.address}/accept", data={"version": version}).status_code == 409
    deliver.drain()
    assert latest().outcome == {"added": 30}


def test_taking_back_asks_for_a_reason_first(coordinator: FlaskClient, principal: FlaskClient, cast: Cast) -> None:
    send(coordinator, workbook(roll(cast)))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))
    press(principal, f"{batch.address}/accept")

    assert "会全部撤出" in principal.get(f"{batch.address}/roll-back").text
    assert press(principal, f"{batch.address}/roll-back", reason="太短").status_code == 422
    assert press(principal, f"{batch.address}/roll-back", reason="传错了年级，要撤回重传一次").status_code == 303
    assert latest().state == "rolled_back"


def test_strangers_get_the_same_404_as_for_a_page_that_is_not_there(
    coordinator: FlaskClient, app: Flask, cast: Cast
) -> None:
    send(coordinator, workbook(roll(cast)))
    address = latest().address
    for key in ("shiyan_coordinator", "other_school_coordinator", "homeroom_teacher", "dept_head"):
        stranger = sign_in(app.test_client(), cast[key])
        for path in ("", "/rows", "/differences", "/progress", "/annotated", "/discard"):
            assert stranger.get(address + path).status_code == 404, (key, path)
        assert stranger.post(f"{address}/accept", data={"version": 1}).status_code == 404


@pytest.fixture
def counted() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "select set_config")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


def test_pages_of_imports_ask_the_database_a_fixed_number_of_times(
    coordinator: FlaskClient, cast: Cast, counted: list[str]
) -> None:
    rows = roll(cast)
    rows[2] = (*rows[2][:6], "2010年2月30日", *rows[2][7:])
    send(coordinator, workbook(rows))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))
    most = {
        "/imports/": 12,
        batch.address: 18,
        f"{batch.address}/rows?status=blocked": 12,
        f"{batch.address}/differences": 10,
    }
    for address, limit in most.items():
        counted.clear()
        assert coordinator.get(address).status_code == 200
        assert len(counted) <= limit, (address, len(counted), counted)


def test_the_report_says_who_sent_the_file_and_when_and_who_accepted_it(
    app: Flask, coordinator: FlaskClient, principal: FlaskClient, cast: Cast
) -> None:
    send(coordinator, workbook(roll(cast)))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))

    def said(at: datetime) -> str:
        with app.test_request_context():
            return moment(at)

    def hands() -> list[tuple[str, str]]:
        card = re.search(r"谁上传、谁接收</h2>(.*?)</section>", coordinator.get(batch.address).text, re.S)
        assert card is not None
        return re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", card[1])

    sent = [
        ("谁发来的表", "学籍系统"),
        ("上传人", cast["school_coordinator"].name),
        ("上传时间", said(batch.created_at)),
    ]
    assert hands() == sent
    press(principal, f"{batch.address}/accept")
    found = latest()
    assert found.accepted_at is not None
    assert hands() == [
        *sent,
        ("接收人", cast["principal"].name),
        ("接收时间", said(found.accepted_at)),
    ]


def test_the_report_counts_rows_of_data_without_the_header(coordinator: FlaskClient, cast: Cast) -> None:
    send(coordinator, workbook(roll(cast, 12)))
    batch = latest()
    press(coordinator, f"{batch.address}/check", **mapped(coordinator, batch))
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", coordinator.get(batch.address).text))
    assert "读到数据 12 行" in page and "可以接收 12 行" in page and "已自动忽略 0 行" in page
    assert "表头" in page and "不算数据行" in page
