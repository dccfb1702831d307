"""Evidence in the browser: from the phone to the verifier and back, files checked on their way and given out with care."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db
from app.improvement.plans import arrivals
from app.improvement.plans.models import ArrivedFile, Evidence, EvidenceUse, EvidenceVersion, RemediationAction
from app.improvement.plans.numbers import plan_numbers
from app.improvement.plans.operations import actions, plans
from app.improvement.plans.operations import evidence as evidences
from app.improvement.plans.operations.plans import CriterionIn, PlanStep
from tests.by_hand import by_hand
from tests.cast import Cast, sign_in
from tests.counting import counted_statements as counted
from tests.improvement.plans import world
from tests.improvement.plans.test_plan_pages import hidden, page

PIECE = 512


def send(client: FlaskClient, action: RemediationAction, content: bytes, name: str, piece: int = PIECE) -> Any:
    """A file in pieces, as the page sends it; the last answer."""
    key, answer = "", None
    for at in range(0, len(content), piece):
        data = {"file": (io.BytesIO(content[at : at + piece]), name), "at": str(at), "size": str(len(content))}
        answer = client.post(f"/actions/{action.ref}/files", data=data | ({"key": key} if key else {}))
        if answer.status_code != 200:
            return answer
        key = answer.json["key"]
    return answer


def form(action: RemediationAction, **changes: Any) -> dict[str, Any]:
    """What a teacher types."""
    typed = {
        "criterion": str(action.criteria[0].id), "happened_on": f"{clock.today()}",
        "description": "进位加法错误率由 31% 降到 18%", "place": "八年级（2）班", "person": "温如言", "title": "", "kind": "",
        "link": "", "privacy_checked": "y",
    }  # fmt: skip
    return {**typed, **changes}


def test_a_photo_goes_up_in_pieces_loses_its_place_and_is_submitted(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    content = world.photo()
    answer = send(client, action, content, "集体备课现场.jpg")
    assert answer.status_code == 200 and len(answer.json["sha256"]) == 64
    sent = client.post(
        f"/actions/{action.ref}/evidence/new", data=form(action, **{"files-kept": answer.json["sha256"]})
    )
    assert sent.status_code == 303
    piece = db.session.scalars(select(Evidence)).one()
    version = piece.versions[0]
    assert (piece.state, piece.title, piece.kind, version.file_name) == (
        "submitted",
        "集体备课现场",
        "photo",
        "集体备课现场.jpg",
    )
    assert version.original_sha256 != version.file_sha256
    served = client.get(f"/evidence/{piece.ref}/versions/1/file")
    assert not Image.open(io.BytesIO(served.data)).getexif().get_ifd(0x8825), "the place stays behind"
    assert served.headers["Content-Disposition"].startswith("attachment")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    shown = client.get(f"/evidence/{piece.ref}/versions/1/picture")
    assert shown.headers["Content-Disposition"].startswith("inline") and shown.mimetype == "image/jpeg"
    assert version.file_sha256 in page(client, f"/evidence/{piece.ref}")
    assert db.session.scalars(select(ArrivedFile)).all() == []


def test_a_form_without_scripts_carries_its_files_itself(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    data = form(action, files=[(io.BytesIO(world.photo()), "一.jpg"), (io.BytesIO(world.photo(50)), "二.jpg")])
    assert client.post(f"/actions/{action.ref}/evidence/new", data=data).status_code == 303
    assert {one.title for one in db.session.scalars(select(Evidence))} == {"一", "二"}


def workbook_with_number() -> bytes:
    """A workbook in which a pupil's number stands in a cell."""
    book = openpyxl.Workbook()
    book.active.title = "名单"
    book.active["C5"] = "330000201003070010"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_file_with_an_identity_number_is_refused_and_its_place_is_named(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    answer = send(client, action, workbook_with_number(), "名单.xlsx", 1 << 20)
    assert answer.status_code == 422
    assert (
        "身份证号" in answer.json["sentence"] and "名单" in answer.json["sentence"] and "C5" in answer.json["sentence"]
    )
    assert db.session.scalars(select(ArrivedFile)).all() == []
    sent = client.post(
        f"/actions/{action.ref}/evidence/new",
        data=form(action, files=[(io.BytesIO(workbook_with_number()), "名单.xlsx")]),
    )
    assert sent.status_code == 422 and "C5" in sent.get_data(as_text=True)
    assert db.session.scalars(select(Evidence)).all() == []


def test_words_with_an_identity_number_are_refused_at_their_field(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    typed = form(
        action, description="学生 330000201003070010 进步明显", link="https://example.invalid/1", privacy_checked=""
    )
    text = (answer := client.post(f"/actions/{action.ref}/evidence/new", data=typed)).get_data(as_text=True)
    assert answer.status_code == 422 and "有 2 处要改" in text
    assert "里有 18 位证件号，请删去" in text and "请确认照片里没有学生正脸和全名" in text
    assert "进步明显" in text, "what was typed stays"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("病毒.exe", b"MZ" + b"0" * 100, "不是可以上传的文件"),
        ("假照片.jpg", b"%PDF-1.7 not a picture", "扩展名与内容不符"),
        ("旧版.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100, "旧版格式"),
        ("图.svg", b"<svg onload='x()'/>", "不是可以上传的文件"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(
    client: Any, cast: Cast, name: str, content: bytes, words: str
) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    answer = send(client, action, content, name)
    assert answer.status_code == 422 and words in answer.json["sentence"] and name in answer.json["sentence"]


def test_a_file_over_the_limit_is_refused_at_its_first_piece(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    data = {"file": (io.BytesIO(b"x" * 100), "大.jpg"), "at": "0", "size": str(26 * 1024 * 1024)}
    answer = client.post(f"/actions/{action.ref}/files", data=data)
    assert answer.status_code == 422 and answer.json["sentence"] == "“大.jpg”有 26 MB，最多 20 MB"


def test_pieces_that_do_not_fit_together_are_refused_and_a_repeated_one_is_harmless(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    content = world.photo()

    def post(at: int, part: bytes, key: str = "") -> Any:
        data = {"file": (io.BytesIO(part), "照片.jpg"), "at": str(at), "size": str(len(content)), "key": key}
        return client.post(f"/actions/{action.ref}/files", data=data)

    assert post(400, content[400:]).status_code == 422, "a piece from the middle without a beginning"
    key = post(0, content[:400]).json["key"]
    assert post(0, content[:400], key).json == {"key": key}, "sent again after a broken line"
    assert post(500, content[500:], key).status_code == 422, "a hole"
    assert post(400, content[400:], key).json["sha256"]
    assert post(0, content[:400], "../../etc/passwd").status_code == 200, "a made-up key begins anew"


def test_nobody_attaches_a_file_that_another_person_sent(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    digest = send(client, action, world.photo(), "照片.jpg").json["sha256"]
    sign_in(client, cast["school_coordinator"])
    sent = client.post(f"/actions/{action.ref}/evidence/new", data=form(action, **{"files-kept": digest}))
    assert sent.status_code == 422 and "请拍照、选文件，或填写链接" in sent.get_data(as_text=True)


def test_the_space_of_a_person_and_of_a_unit_is_limited(
    client: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    small = plan_numbers().model_copy(update={"person_waiting_mb": 0})
    monkeypatch.setattr(arrivals, "plan_numbers", lambda: small)
    assert "没有提交的文件太多" in send(client, action, world.photo(), "照片.jpg").json["sentence"]
    small = plan_numbers().model_copy(update={"unit_mb": 0})
    monkeypatch.setattr(arrivals, "plan_numbers", lambda: small)
    assert "佐证空间已满" in send(client, action, world.photo(), "照片.jpg").json["sentence"]


def test_a_third_file_on_a_criterion_for_two_is_refused_on_the_page(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    world.submitted(cast, action)
    sign_in(client, cast["subject_teacher"])
    two = [(io.BytesIO(world.photo()), "一.jpg"), (io.BytesIO(world.photo(50)), "二.jpg")]
    answer = client.post(f"/actions/{action.ref}/evidence/new", data=form(action, files=two))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "这条标准最多 2 份，已有 1 份" in text
    assert text.count('name="files-kept"') == 2, "the files are kept on the form"
    assert db.session.scalar(select(func.count(Evidence.id))) == 1


def test_a_draft_stays_a_draft_until_it_is_submitted(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    sign_in(client, cast["subject_teacher"])
    typed = form(action, link="https://example.invalid/1", title="听课记录", keep="1")
    assert client.post(f"/actions/{action.ref}/evidence/new", data=typed).status_code == 303
    piece = db.session.scalars(select(Evidence)).one()
    assert (piece.state, piece.kind, piece.title) == ("draft", "link", "听课记录")
    text = page(client, piece.address)
    assert (
        client.post(f"/evidence/{piece.ref}/submission", data={"version": hidden(text, "version")}).status_code == 303
    )
    db.session.refresh(piece)
    assert piece.state == "submitted"


def test_looking_changes_nothing_and_beginning_the_review_ends_the_taking_back(client: Any, cast: Cast) -> None:
    action = world.at_work(cast)
    piece = world.submitted(cast, action)
    sign_in(client, cast["evaluator"])
    text = page(client, f"/verification/{action.ref}")
    assert "开始审核（1 份）" in text and "/acceptance" not in text, "no judgement before the review has begun"
    db.session.refresh(piece)
    assert not piece.was_opened
    assert client.post(f"/verification/{action.ref}/opening").status_code == 303
    db.session.refresh(piece)
    assert piece.was_opened
    assert f"/evidence/{piece.ref}/acceptance" in page(client, f"/verification/{action.ref}")
    sign_in(client, cast["subject_teacher"])
    refused = client.post(f"/evidence/{piece.ref}/withdrawal", data={"version": piece.version})
    assert refused.status_code == 409 and "已经打开" in refused.get_data(as_text=True)


def test_a_measure_walks_through_the_browser_with_one_return(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    action = plan.actions[0]
    sign_in(client, cast["subject_teacher"])
    assert action.title in page(client, "/actions")
    version = hidden(page(client, f"/actions/{action.ref}/start"), "version")
    assert client.post(f"/actions/{action.ref}/start", data={"version": version}).status_code == 303
    client.post(
        f"/actions/{action.ref}/evidence/new", data=form(action, link="https://example.invalid/1", title="错因统计")
    )
    piece = db.session.scalars(select(Evidence)).one()
    sign_in(client, cast["inspector"])
    assert action.title in page(client, "/verification")
    client.post(f"/verification/{action.ref}/opening")
    short = client.post(f"/evidence/{piece.ref}/return", data={"reason": "不够"})
    assert short.status_code == 422 and "至少 10 个字" in short.get_data(as_text=True)
    assert client.post(f"/evidence/{piece.ref}/return", data={"reason": world.REASON}).status_code == 303
    sign_in(client, cast["subject_teacher"])
    text = page(client, f"/evidence/{piece.ref}/edit")
    assert world.REASON in text and cast["inspector"].name in text
    typed = form(
        action, link="https://example.invalid/2", title="错因统计", kind="link", version=hidden(text, "version")
    )
    assert client.post(f"/evidence/{piece.ref}/edit", data=typed).status_code == 303
    db.session.refresh(piece)
    assert (piece.state, len(piece.versions)) == ("submitted", 2)
    assert "第 1 版" in page(client, piece.address)
    sign_in(client, cast["inspector"])
    client.post(f"/verification/{action.ref}/opening")
    assert client.post(f"/evidence/{piece.ref}/acceptance").status_code == 303
    sign_in(client, cast["subject_teacher"])
    assert "进度还没有到 100%" in page(client, action.address)
    assert client.post(f"/actions/{action.ref}/progress", data={"progress": "100"}).status_code == 303
    assert client.post(f"/actions/{action.ref}/completion", data={"result": ""}).status_code == 422
    assert client.post(f"/actions/{action.ref}/completion", data={"result": "前测 31%，后测 18%"}).status_code == 303
    sign_in(client, cast["inspector"])
    two = client.post(f"/verification/{action.ref}/acceptance", data={"checklist": ["authentic", "in_period"]})
    assert two.status_code == 422 and "三点都核对无误才能通过" in two.get_data(as_text=True)
    assert (
        client.post(f"/verification/{action.ref}/acceptance", data={"checklist": list(world.POINTS)}).status_code == 303
    )
    db.session.refresh(action)
    assert action.state == "completed"


def test_the_owner_finds_no_judgement_on_the_page_of_a_school_measure(client: Any, cast: Cast) -> None:
    plan = world.draft(cast, world.item_in_planning(cast, level="school"))
    coordinator = cast.actor("school_coordinator")
    plans.edit_action(coordinator, plan.actions[0], world.measure(cast, plan.item, owner="school_coordinator_2"))
    plans.submit_plan(coordinator, plan, PlanStep())
    plans.open_review(cast.actor("grade_leader"), plan, PlanStep())
    plans.approve_plan(cast.actor("principal"), plan, PlanStep())
    action = plan.actions[0]
    actions.start_action(coordinator, action, actions.StartIn())
    piece = evidences.add_evidence(coordinator, action, world.piece_in(action))
    evidences.submit_evidence(coordinator, piece, PlanStep())
    sign_in(client, cast["school_coordinator_2"])
    text = page(client, f"/verification/{action.ref}")
    assert "要请别人审核" in text and "开始审核（" not in text
    assert client.post(f"/evidence/{piece.ref}/acceptance").status_code == 409
    sign_in(client, cast["grade_leader"])
    client.post(f"/verification/{action.ref}/opening")
    assert client.post(f"/evidence/{piece.ref}/acceptance").status_code == 303


def test_accepted_evidence_is_picked_for_another_measure_and_no_file_is_added(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    one, two = world.at_work(cast, plan, 0), world.at_work(cast, plan, 1)
    piece = world.accepted(cast, one)
    sign_in(client, cast["subject_teacher"])
    assert piece.title in page(client, f"/actions/{two.ref}/reuse")
    before = db.session.scalar(select(func.count(EvidenceVersion.id)))
    typed = {"evidence": str(piece.id), "criterion": str(two.criteria[0].id)}
    assert client.post(f"/actions/{two.ref}/reuse", data=typed).status_code == 303
    assert db.session.scalar(select(func.count(EvidenceVersion.id))) == before
    assert db.session.scalar(select(func.count(EvidenceUse.id))) == 1
    assert "引用" in page(client, two.address) and piece.title in page(client, two.address)
    assert two.title in page(client, piece.address)
    assert client.post(f"/actions/{two.ref}/reuse", data=typed).status_code == 422


def test_a_file_in_quarantine_is_invisible_until_the_scanner_has_passed_it(client: Any, cast: Cast) -> None:
    from app.core.outbox import deliver
    from app.core.storage import Stored

    action = world.at_work(cast)
    shelf = arrivals.shelf()
    kept = shelf.keep(b"\x89PNG in waiting", "等待.png", "image/png")
    waiting = Stored(kept.sha256, kept.size, "image/png", "等待.png", kept.sha256, kept.size, "quarantined")
    piece = evidences.add_evidence(
        cast.actor("subject_teacher"), action, world.piece_in(action, file=waiting, link=None)
    )
    sign_in(client, cast["subject_teacher"])
    assert client.get(f"/evidence/{piece.ref}/versions/1/file").status_code == 404
    assert client.get(f"/evidence/{piece.ref}/versions/1/picture").status_code == 404
    assert "等安全扫描" in page(client, piece.address)
    assert client.post(f"/evidence/{piece.ref}/submission").status_code == 409
    deliver.drain()
    db.session.refresh(piece, ["versions"])
    assert piece.versions[0].checked
    assert client.get(f"/evidence/{piece.ref}/versions/1/file").status_code == 200


def test_evidence_of_a_closed_item_found_false_tells_so_on_the_page(client: Any, cast: Cast) -> None:
    plan = world.in_force(cast)
    action = world.completed(cast, world.at_work(cast, plan))
    piece = db.session.scalars(select(Evidence)).one()
    with by_hand("test.closed"):
        plan.item.state, plan.item.closed_on, plan.state = "closed", clock.today(), "completed"
    sign_in(client, cast["evaluator"])
    assert "判定失实" in page(client, piece.address)
    reason = "照片与去年十月的材料完全相同"
    assert client.post(f"/evidence/{piece.ref}/rejection", data={"reason": reason}).status_code == 303
    assert reason in page(client, piece.address)
    db.session.refresh(piece)
    assert (piece.state, action.state) == ("rejected", "completed")


def test_the_page_of_a_measure_asks_as_many_questions_for_five_pieces_as_for_two(client: Any, cast: Cast) -> None:
    plan = world.draft(cast)
    wide = (CriterionIn("月度错因统计", 1, 9),)
    plans.edit_action(cast.actor("school_coordinator"), plan.actions[0], world.measure(cast, plan.item, criteria=wide))
    plans.submit_plan(cast.actor("principal"), plan, PlanStep())
    plans.open_review(cast.actor("evaluator"), plan, PlanStep())
    plans.approve_plan(cast.actor("office_director"), plan, PlanStep())
    action = world.at_work(cast, plan)
    for _ in range(2):
        world.submitted(cast, action)
    sign_in(client, cast["evaluator"])
    numbers: dict[str, list[int]] = {
        address: [] for address in (action.address, f"/verification/{action.ref}", "/verification")
    }
    for round_ in range(2):
        for address, found in numbers.items():
            page(client, address)
            with counted() as sent:
                page(client, address)
            found.append(len(sent))
        if round_ == 0:
            for _ in range(3):
                world.submitted(cast, action)
    for address, (few, many) in numbers.items():
        assert many <= few + (3 if address.startswith("/verification/") else 0) and many <= 48, (address, few, many)
