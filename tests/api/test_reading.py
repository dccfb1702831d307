"""Programs read what the role behind their token may see, page by page, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app.api import operations
from app.api.operations import EndIn
from app.api.queries import RESOURCES
from app.core import clock
from app.core.database import db
from app.core.errors import StepRefused
from tests.api.conftest import FOREIGN, OWN, Program, asked, program_for
from tests.cast import Cast
from tests.policy.records import Chain

Records = tuple[Chain, Chain]


def test_every_kind_of_record_is_read_by_itself_and_in_pages(app: Flask, cast: Cast, records: Records) -> None:
    program = program_for(app, cast, "office_director")
    own, _foreign = records
    for name, resource in RESOURCES.items():
        ref = own.refs[resource.model.__tablename__]
        several, one = program.get(name), program.get(f"{name}/{ref}")
        assert several.status_code == one.status_code == 200, (name, several.text, one.text)
        assert one.json in several.json["data"], name
        assert FOREIGN not in several.text, name


def test_a_record_of_another_county_is_as_absent_as_one_that_is_not_there(
    app: Flask, cast: Cast, records: Records
) -> None:
    program = program_for(app, cast, "office_director")
    _own, foreign = records
    for name, resource in RESOURCES.items():
        there = program.get(f"{name}/{foreign.refs[resource.model.__tablename__]}")
        nowhere = program.get(f"{name}/{'0' * 16}")
        assert (there.status_code, there.data) == (nowhere.status_code, nowhere.data), name
        assert there.status_code == 404 and there.mimetype == "application/problem+json"


def test_a_token_of_another_county_reads_only_its_own(app: Flask, cast: Cast, records: Records) -> None:
    program = program_for(app, cast, "other_office_director")
    own, foreign = records
    assert program.get(f"items/{own.refs['problem_items']}").status_code == 404
    assert program.get(f"items/{foreign.refs['problem_items']}").status_code == 200
    assert OWN not in program.get("items").text


def test_pages_follow_one_another_without_gap_or_repetition(app: Flask, cast: Cast, records: Records) -> None:
    program = program_for(app, cast, "office_director")
    whole = program.get("findings?size=200").json["data"]
    seen: list[Any] = []
    after = ""
    while after is not None:
        page = program.get(f"findings?size=1{'&after=' + after if after else ''}").json
        seen += page["data"]
        after = page["next"]
    assert seen == whole and len(whole) > 0


def test_a_list_is_narrowed_by_state_and_by_the_moment_of_the_last_move(
    app: Flask, cast: Cast, records: Records
) -> None:
    program = program_for(app, cast, "office_director")
    assert program.get("items?state=implementing").json["data"]
    assert not program.get("items?state=closed").json["data"]
    later = (clock.now() + timedelta(minutes=1)).isoformat().replace("+", "%2B")
    assert not program.get(f"items?changed_since={later}").json["data"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("size=0", "size"), ("size=201", "size"), ("after=xyz", "after"), (f"after={'0' * 16}", "after"),
     ("changed_since=gestern", "changed_since"), ("tier=red", "tier")],
)  # fmt: skip
def test_a_query_that_does_not_fit_names_its_field(
    query: str, field: str, app: Flask, cast: Cast, records: Records
) -> None:
    answer = program_for(app, cast, "office_director").get(f"items?{query}")
    assert answer.status_code == 422 and field in answer.json["fields"]
    assert answer.json["sentences"][0]["zh"] and answer.json["sentences"][0]["en"]


@pytest.mark.parametrize("token", ["", "bh_nobodys", "Basic abc"])
def test_without_a_good_token_nothing_is_read_not_even_whether_it_exists(
    token: str, app: Flask, cast: Cast, records: Records
) -> None:
    own, _foreign = records
    answer = Program(app.test_client(), token).get(f"items/{own.refs['problem_items']}")
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_signed_in_browser_is_nobody_to_the_interface(app: Flask, cast: Cast, records: Records) -> None:
    from tests.cast import sign_in

    client = sign_in(app.test_client(), cast["office_director"])
    assert client.get("/api/v1/items").status_code == 401


def test_a_token_is_good_for_its_scopes_alone(app: Flask, cast: Cast, records: Records) -> None:
    program = program_for(app, cast, "office_director", ("findings:read",))
    assert program.get("findings").status_code == 200
    assert program.get("items").status_code == 403


def test_security_30_a_token_works_only_once_somebody_else_approved_it(
    app: Flask, cast: Cast, records: Records
) -> None:
    token, clear = asked(cast, "office_director")
    program = Program(app.test_client(), clear)
    assert program.get("items").status_code == 401
    with pytest.raises(Exception, match="api.approve"):
        operations.approve(cast.actor("office_director"), token)
    operations.approve(cast.actor("security_admin"), token)
    assert program.get("items").status_code == 200


def test_security_14_an_ended_token_is_nobodys_from_the_next_request_on(
    app: Flask, cast: Cast, records: Records
) -> None:
    program = program_for(app, cast, "office_director")
    from sqlalchemy import select

    from app.api.models import ApiToken

    token = db.session.scalar(select(ApiToken).where(ApiToken.ref == program.ref))
    operations.end(cast.actor("security_admin"), token, EndIn("对方平台停用，令牌收回"))
    assert program.get("items").status_code == 401
    with pytest.raises(StepRefused):
        operations.end(cast.actor("security_admin"), token, EndIn("对方平台停用，令牌收回"))


def test_security_25_a_token_ends_with_the_role_it_acts_for(app: Flask, cast: Cast, records: Records) -> None:
    program = program_for(app, cast, "office_director")
    from sqlalchemy import update

    from app.core.audit import trail
    from app.core.policy.actor import SYSTEM
    from app.people.directory.models import RoleAssignment

    with trail.act(SYSTEM, "system", "test.end_role"):
        db.session.execute(
            update(RoleAssignment)
            .where(RoleAssignment.id == cast["office_director"].assignment_id)
            .values(to_on=clock.today() - timedelta(days=1))
        )
    assert program.get("items").status_code == 401


def test_security_13_only_the_hash_of_a_token_is_kept(app: Flask, cast: Cast) -> None:
    token, clear = asked(cast, "office_director")
    assert clear.encode() not in token.token_hash and clear not in str(vars(token)) and len(token.token_hash) == 32


def test_a_page_of_records_takes_few_queries_however_many_rows(app: Flask, cast: Cast, records: Records) -> None:
    from tests.counting import counted_statements

    program = program_for(app, cast, "office_director")
    for name in RESOURCES:
        with counted_statements() as few:
            program.get(f"{name}?size=1")
        with counted_statements() as many:
            program.get(f"{name}?size=200")
        assert len(many) <= len(few) + 1 and len(many) <= 14, (name, few, many)


def test_an_address_that_does_not_exist_and_a_method_that_is_not_meant_are_told_apart(app: Flask, cast: Cast) -> None:
    program = program_for(app, cast, "office_director")
    assert program.get("teachers").status_code == 404
    answer = program.post("items", json={})
    assert answer.status_code == 405 and answer.headers["Allow"] == "GET"


def test_the_description_is_made_once_for_everybody_who_asks(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = app.test_client().get("/api/v1/openapi.json")
    monkeypatch.setattr(type(app), "spec", property(lambda of: pytest.fail("the description was made anew")))
    again = app.test_client().get("/api/v1/openapi.json")
    assert again.content_type == first.content_type == "application/json"
    assert again.json == first.json and first.json["openapi"] == "3.1.0"


def test_the_description_is_openapi_3_1_and_names_every_address(app: Flask) -> None:
    spec = app.test_client().get("/api/v1/openapi.json").json
    assert spec["openapi"] == "3.1.0" and spec["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for name in RESOURCES:
        assert spec["paths"][f"/api/v1/{name}"]["get"]["security"] == [{"token": []}]
        assert f"/api/v1/{name}/{{ref}}" in spec["paths"]
