"""The networks of a school's classrooms: declared by the school, and screens there are on a wall by default."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.database import db, use_context
from app.core.errors import NotAllowed
from app.core.policy.actor import SYSTEM
from app.people.directory import operations
from app.people.directory.models import Unit
from app.people.directory.operations import ClassroomsIn
from tests.cast import Cast, sign_in

ON = "投影模式已开"


def test_a_school_declares_its_classrooms_and_its_people_stand_before_a_wall_there(app: Flask, cast: Cast) -> None:
    school = cast.units["shuangqiao"]
    address = f"/units/{school.ref}/classrooms"
    principal = sign_in(app.test_client(), cast["principal"])
    assert f'href="{address}"' in principal.get(f"/units/{school.ref}").text
    assert principal.post(address, data={"networks": "10.20.30.0/24  10.20.30.0/24 fd00:20::/64"}).status_code == 303
    use_context(SYSTEM.context())
    assert db.session.get_one(Unit, school.id).declared_network == "10.20.30.0/24 fd00:20::/64"
    here, elsewhere = {"REMOTE_ADDR": "10.20.30.9"}, {"REMOTE_ADDR": "10.9.9.9"}
    assert (
        ON in principal.get("/", environ_base=here).text and ON not in principal.get("/", environ_base=elsewhere).text
    )
    other = sign_in(app.test_client(), cast["yuntai_principal"])
    assert ON not in other.get("/", environ_base=here).text
    principal.set_cookie("projector", "off")
    assert ON not in principal.get("/", environ_base=here).text
    assert principal.post(address, data={"networks": " "}).status_code == 303
    use_context(SYSTEM.context())
    db.session.expire_all()
    assert db.session.get_one(Unit, school.id).declared_network is None


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("10.20.30.5/24", "“10.20.30.5/24”不是网段"),
        ("10.20.30.0/24 教室", "“教室”不是网段"),
        ("0.0.0.0/0", "“0.0.0.0/0”太大"),
        ("fd00::/32", "“fd00::/32”太大"),
        (" ".join(f"10.20.{n}.0/24" for n in range(9)), "最多 60 个字符"),
    ],
)
def test_what_is_no_network_of_a_school_is_named_and_stays_in_the_field(
    app: Flask, cast: Cast, typed: str, sentence: str
) -> None:
    principal = sign_in(app.test_client(), cast["principal"])
    answer = principal.post(f"/units/{cast.units['shuangqiao'].ref}/classrooms", data={"networks": typed})
    assert answer.status_code == 422 and sentence in answer.text and f'value="{typed}"' in answer.text


def test_nobody_declares_for_another_school_or_for_the_bureau(app: Flask, cast: Cast) -> None:
    principal = sign_in(app.test_client(), cast["principal"])
    for key in ("yuntai", "bureau"):
        assert principal.get(f"/units/{cast.units[key].ref}/classrooms").status_code == 404
    director = cast.actor("office_director")
    use_context(director.context())
    with pytest.raises(NotAllowed):
        unit = db.session.get_one(Unit, cast.units["shuangqiao"].id)
        operations.declare_classrooms(director, unit, ClassroomsIn("10.20.30.0/24"))
