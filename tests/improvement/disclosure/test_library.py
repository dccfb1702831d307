"""The document library: who puts papers in, who may read which, what is in force, and how a file leaves."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.database import db, use_context
from app.core.errors import Invalid, NotAllowed, NotFound
from app.core.policy.actor import SYSTEM
from app.core.storage import EVIDENCE, Stored
from app.improvement.disclosure.models import LibraryDocument
from app.improvement.disclosure.operations import document_library as library
from app.improvement.disclosure.queries import document_library as queries
from tests.cast import sign_in
from tests.factories.monitoring import act_as
from tests.improvement.disclosure.scenes import DisclosureScene

TABLE = "项目,完成时间\n分层作业,2026-12-01\n"


def stored(app: Flask, words: str = TABLE, name: str = "实施方案.csv") -> Stored:
    return app.extensions["bihuan.shelf"].put(io.BytesIO(words.encode()), name, EVIDENCE)  # type: ignore[no-any-return]


def about(**changes: Any) -> library.DocumentIn:
    wanted: dict[str, Any] = {
        "title": "监测结果应用实施方案", "category": "plan", "issuer": "清澜县教育局", "number": "清教〔2026〕8号",
        "in_force_on": clock.today(),
    }  # fmt: skip
    return library.DocumentIn(**(wanted | changes))


def added(scene: DisclosureScene, app: Flask, **changes: Any) -> LibraryDocument:
    who = scene.actor("office_director")
    place = library.LibraryPlace(scene.cast.county.id, scene.cast["office_director"].unit.id)
    return library.add_document(who, place, library.FirstIn(about(**changes), stored(app)))


def found(scene: DisclosureScene, key: str, **asked: Any) -> list[str]:
    return [one.title for one in queries.documents(act_as(scene.actor(key)), **asked)]


def test_a_paper_for_some_roles_is_not_there_for_the_others(scene: DisclosureScene, app: Flask) -> None:
    added(scene, app)
    paper = added(scene, app, title="督学手册", number="", roles=("inspector",))
    assert found(scene, "principal") == ["监测结果应用实施方案"]
    assert found(scene, "inspector") == ["督学手册", "监测结果应用实施方案"]
    assert found(scene, "other_principal") == []
    for key in ("principal", "other_office_director"):
        with pytest.raises(NotFound):
            queries.document_for(act_as(scene.actor(key)), paper.ref)


def test_papers_are_found_by_words_category_and_standing(scene: DisclosureScene, app: Flask) -> None:
    today = clock.today()
    added(scene, app)
    added(scene, app, title="旧办法", number="清教〔2019〕2号", category="policy", in_force_on=None,
          until_on=today - timedelta(days=1))  # fmt: skip
    added(scene, app, title="新学期通知", number="", category="notice", in_force_on=today + timedelta(days=9))
    assert found(scene, "principal", words="〔2019〕") == ["旧办法"]
    assert found(scene, "principal", words="100%") == []
    assert found(scene, "principal", category="notice") == ["新学期通知"]
    for standing, titles in (("in_force", ["监测结果应用实施方案"]), ("over", ["旧办法"]), ("coming", ["新学期通知"])):
        assert found(scene, "principal", standing=standing) == titles


def test_only_the_office_puts_papers_in(scene: DisclosureScene, app: Flask) -> None:
    place = library.LibraryPlace(scene.cast.county.id, scene.cast["principal"].unit.id)
    with pytest.raises(NotAllowed):
        library.add_document(scene.actor("principal"), place, library.FirstIn(about(), stored(app)))


def test_a_number_stands_once_and_a_paper_does_not_end_before_it_begins(scene: DisclosureScene, app: Flask) -> None:
    added(scene, app)
    with pytest.raises(Invalid, match="已经在库里"):
        added(scene, app, title="另一份")
    with pytest.raises(Invalid, match="不能早于"):
        added(scene, app, number="", until_on=clock.today() - timedelta(days=1))


def test_a_newer_version_stands_beside_the_older_and_the_same_file_is_refused(
    scene: DisclosureScene, app: Flask
) -> None:
    paper, office = added(scene, app), scene.actor("office_director")
    with pytest.raises(Invalid, match="同一个文件"):
        library.add_version(office, paper, library.VersionIn(stored(app), "更正"))
    library.add_version(office, paper, library.VersionIn(stored(app, TABLE + "错因统计,2027-01-01\n"), "加了一项"))
    read = queries.document_for(act_as(scene.actor("principal")), paper.ref)
    assert [(one.edition, one.note) for one in read.versions] == [(2, "加了一项"), (1, "")]


def test_a_replaced_paper_leads_to_the_new_one_and_never_in_a_ring(scene: DisclosureScene, app: Flask) -> None:
    old, office = added(scene, app), scene.actor("office_director")
    new = added(scene, app, title="修订方案", number="清教〔2026〕20号")
    library.replace_document(office, old, library.ReplacedIn(new))
    assert (old.standing, old.until_on) == ("replaced", clock.today())
    assert found(scene, "principal", standing="replaced") == [old.title]
    with pytest.raises(Invalid, match="不能反过来"):
        library.replace_document(office, new, library.ReplacedIn(old))


def test_the_office_sends_a_file_and_a_school_downloads_it_harmless(scene: DisclosureScene, app: Flask) -> None:
    office = sign_in(app.test_client(), scene.cast["office_director"])
    given = {"title": "工作指引", "category": "guidance", "issuer": "清澜县教育局"}
    assert office.post("/library", data=given).status_code == 422
    bad = office.post("/library", data=given | {"file": (io.BytesIO(b"MZ\x90"), "指引.exe")})
    assert bad.status_code == 422 and "工作指引" in bad.get_data(as_text=True)
    sent = office.post("/library", data=given | {"file": (io.BytesIO(TABLE.encode()), "指引.csv")})
    assert sent.status_code == 303
    school: FlaskClient = sign_in(app.test_client(), scene.cast["principal"])
    assert "指引.csv" in school.get(sent.location).get_data(as_text=True)
    file = school.get(f"{sent.location}/files/1")
    words = file.get_data(as_text=True)
    file.close()
    assert file.status_code == 200 and "分层作业" in words
    assert (
        file.headers["Content-Disposition"].startswith("attachment")
        and "sandbox" in file.headers["Content-Security-Policy"]
    )
    assert school.get(f"{sent.location}/files/2").status_code == 404
    assert school.get(f"{sent.location}/versions").status_code == 404
    use_context(SYSTEM.context())
    assert db.session.scalars(select(LibraryDocument)).one().title == "工作指引"
