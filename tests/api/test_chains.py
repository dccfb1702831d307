"""The evidence chain and the open items leave the house as the role sees them, without internal ids, in few queries."""

from __future__ import annotations

import re

from flask import Flask

from app.api.province import COLUMNS, OpenItem
from app.core.spreadsheets import open_book
from app.improvement.chain.kinds import BY_PATH
from tests.api.conftest import FOREIGN, program_for
from tests.cast import Cast, sign_in
from tests.counting import counted_statements
from tests.improvement.problems.scenes import Scene
from tests.policy.records import Chain

Records = tuple[Chain, Chain]
INTERNAL = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-")


def test_the_chain_of_every_kind_of_record_is_read_with_its_links(app: Flask, cast: Cast, records: Records) -> None:
    program = program_for(app, cast, "office_director")
    own, foreign = records
    for path, kind in BY_PATH.items():
        table = kind.model.__tablename__
        if table not in own.refs:
            continue
        answer = program.get(f"{path}/{own.refs[table]}/trace")
        assert answer.status_code == 200, (path, answer.text)
        told = answer.json
        assert told["nodes"][told["asked"]]["ref"] == own.refs[table], path
        assert all(0 <= end < len(told["nodes"]) for link in told["links"] for end in (link["from"], link["to"]))
        assert FOREIGN not in answer.text and not INTERNAL.search(answer.text)
        assert program.get(f"{path}/{foreign.refs[table]}/trace").status_code == 404, path


def test_open_items_come_in_the_fields_of_the_seven_lists_and_only_open_ones(
    app: Flask, cast: Cast, records: Records
) -> None:
    program = program_for(app, cast, "office_director")
    with counted_statements() as seen:
        answer = program.get("open-items")
    assert answer.status_code == 200 and len(seen) <= 10
    assert answer.json["data"] and all(set(one) == set(OpenItem.model_fields) for one in answer.json["data"])
    assert FOREIGN not in answer.text and len(COLUMNS) == len(OpenItem.model_fields) + 1


def test_open_items_are_read_to_their_end_page_by_page_with_chinese_words_and_helping_units(
    app: Flask, cast: Cast, records: Records
) -> None:
    scene = Scene(cast)
    helper = cast.units["yuntai"]
    first, second = (scene.item("implementing", co_units=[str(helper.id)], severity="severe") for _ in range(2))
    program, told, after = program_for(app, cast, "office_director"), [], ""
    whole = program.get("open-items").json
    assert whole["next"] is None
    for _ in range(len(whole["data"])):
        page = program.get(f"open-items?size=1{after}").json
        told += page["data"]
        after = f"&after={page['next']}"
    assert told == whole["data"] and page["next"] is None
    mine = {one["number"]: one for one in told}
    for item in (first, second):
        assert (mine[item.number]["severity"], mine[item.number]["co_units"]) == ("重", [helper.name])
    gone = program.get("open-items?after=" + "0" * 16)
    assert gone.status_code == 422 and "after" in gone.text


def test_the_workbook_has_the_same_rows_under_chinese_headings(app: Flask, cast: Cast, records: Records) -> None:
    client = sign_in(app.test_client(), cast["office_director"])
    book = open_book(client.get("/programs/open-items").data, "x.xlsx")
    first = book.sheets[0]
    assert tuple(str(cell) for cell in first.cells[0]) == COLUMNS
    assert sign_in(app.test_client(), cast["principal"]).get("/programs/open-items").status_code == 404
