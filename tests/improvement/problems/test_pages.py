"""The pages of problem lists: what each role sees, sends and is refused, and how much the database is asked for it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import openpyxl
from sqlalchemy import select

from app.core import clock
from app.core.database import db
from app.core.policy.actor import SYSTEM
from app.improvement.problems.models import ListDocument, ProblemItem, ProblemList, Reopening
from app.improvement.problems.operations import items, reopenings
from app.improvement.problems.operations.printing import PrintedIn, keep_document
from tests.improvement.problems.browsing import Browser, words
from tests.improvement.problems.scenes import REASON, WHYS, Scene

Open = Callable[[str], Browser]


def _only(state: str = "") -> ProblemItem:
    db.session.expire_all()
    wanted = select(ProblemItem).order_by(ProblemItem.id)
    return db.session.scalars(wanted.where(ProblemItem.state == state) if state else wanted).one()


def test_a_list_is_drafted_submitted_approved_and_issued_in_the_browser(scene: Scene, browser: Open) -> None:
    office, head, cast = browser("office_director"), browser("leading_group_head"), scene.cast
    assert "还没有问题清单" in office.page("/lists")
    cycle = scene.round()
    finding, other = scene.finding(cycle), scene.finding(cycle, number=2)
    address = office.sent("/lists", title="2026秋八年级数学问题清单", cycle=cycle.ref)
    assert "清单里还没有问题项" in office.page(address)
    assert finding.title in office.page(f"{address}/findings")
    way = office.sent(f"{address}/findings", ref=[finding.ref, other.ref], way="one")
    form = office.page(way)
    assert finding.number in form and other.number in form and "八年级“数与运算”" in form
    sent = {
        "finding": [finding.ref, other.ref], "title": "八年级“数与运算”低于县均值 0.40 个标准差", "category": "subject",
        "source_type": "monitoring", "severity": "moderate", "unit": cast.units["shuangqiao"].ref,
        "person": cast["principal"].person_ref, "target": "480", "due_on": "2027-06-30",
    }  # fmt: skip
    assert office.sent(f"{address}/items", **sent) == address
    drawn = words(office.page(address))
    assert "缺 协同单位（没有也要注明）" in drawn and "还不能 送审清单" in drawn.replace(
        "还不能送审清单", "还不能 送审清单"
    )
    item = _only()
    changed = {name: value for name, value in sent.items() if name != "finding"}
    office.sent(f"/items/{item.ref}/line", **(changed | {"helping": "none", "version": str(item.version)}))
    assert "已填全" in office.page(address)
    office.sent(f"{address}/steps/submit")
    assert 'hx-post="/lists/' in head.page(address) and 'hx-post="/lists/' not in office.page(address)
    assert head.post(f"{address}/opening").status_code == 204
    assert "审批人已经打开，不能再撤回" in office.page(address)
    head.sent(f"{address}/steps/approve")
    assert office.post(f"{address}/issue", document_number=" ").status_code == 422
    office.sent(f"{address}/issue", document_number="清监办〔2026〕17号")
    assert "内容指纹" in office.page(address)
    assert (_only().state, db.session.scalars(select(ProblemList)).one().state) == ("issued", "issued")


def test_each_ticked_finding_becomes_a_line_of_its_own(scene: Scene, browser: Open) -> None:
    held, cycle = scene.draft(), scene.round()
    first, second = scene.finding(cycle), scene.finding(cycle, "yuntai", number=2)
    chosen = browser("evaluator").sent("/lists/choices", ref=[first.ref, second.ref])
    assert held.title in browser("evaluator").page(chosen)
    browser("evaluator").sent(f"{held.address}/findings", ref=[first.ref, second.ref], way="each")
    db.session.expire_all()
    lines = db.session.scalars(select(ProblemItem).order_by(ProblemItem.position)).all()
    assert [line.unit_id for line in lines] == [first.unit_id, second.unit_id]
    assert lines[0].responsible_person_id == scene.cast["principal"].person_id
    assert lines[0].indicator_id == first.indicator_id


def test_the_principal_signs_for_an_item_by_naming_two_people(scene: Scene, browser: Open) -> None:
    item, principal, cast = scene.item(), browser("principal"), scene.cast
    page = principal.page(f"{item.address}/sign-for")
    assert "陆晓棠" in page and "白若溪" not in page
    refused = principal.post(f"{item.address}/sign-for", handler=cast["school_coordinator"].person_ref)
    assert refused.status_code == 422 and "请选择替补" in refused.get_data(as_text=True)
    assert "有错误" in refused.get_data(as_text=True)
    same = cast["school_coordinator"].person_ref
    assert principal.post(f"{item.address}/sign-for", handler=same, deputy=same).status_code == 409
    to = principal.sent(f"{item.address}/sign-for", handler=same, deputy=cast["grade_leader"].person_ref)
    assert to == item.address and "开始诊断" in browser("school_coordinator").page(item.address)


def test_an_objection_keeps_its_file_when_it_is_refused(scene: Scene, browser: Open) -> None:
    item, principal = scene.item(), browser("principal")
    sheet = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["并校前班级", "并校后班级"])
    book.save(sheet)
    file = (io.BytesIO(sheet.getvalue()), "并校前后班级对照.xlsx")
    refused = principal.post(f"{item.address}/objection", grounds=" ", files=file)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422, words(page)
    assert "请写明理由" in page and "并校前后班级对照.xlsx" in page, words(page)
    token = re.search(r'name="kept" value="([^"]+)"', page)
    assert token is not None, words(page)
    bad = principal.post(f"{item.address}/objection", grounds="数据有误", kept="x" + token[1])
    assert bad.status_code == 409, "a token that nobody signed names no file, and so nothing shows the grounds"
    principal.sent(f"{item.address}/objection", grounds="数据来自并校前的班级", kept=token[1])
    office = browser("office_director")
    shown = office.page(item.address)
    assert "数据来自并校前的班级" in shown and "并校前后班级对照.xlsx" in shown
    digest = _only().objection_files[0]["sha256"]
    download = office.get(f"{item.address}/objection/{digest}")
    assert download.status_code == 200 and "attachment" in download.headers["Content-Disposition"]
    assert download.data[:2] == b"PK"
    download.close()
    assert office.get(f"{item.address}/objection/{'0' * 64}").status_code == 404


def test_a_link_that_a_browser_would_run_is_refused(scene: Scene, browser: Open) -> None:
    item = scene.item()
    answer = browser("principal").post(f"{item.address}/objection", grounds="数据有误", link="javascript:alert(1)")
    assert answer.status_code == 422 and "链接要以 https:// 开头" in answer.get_data(as_text=True)


def test_a_file_of_the_wrong_kind_is_refused_in_words(scene: Scene, browser: Open) -> None:
    item = scene.item()
    bad = (io.BytesIO(b"MZ\x90"), "program.exe")
    answer = browser("principal").post(f"{item.address}/objection", grounds="数据有误，请核对", files=bad)
    assert answer.status_code == 422 and "program.exe" in answer.get_data(as_text=True)
    assert _only().state == "issued"


def test_the_office_answers_an_objection(scene: Scene, browser: Open) -> None:
    item, cast, office = scene.item(), scene.cast, browser("office_director")
    items.contest_item(scene.actor("principal"), item, items.ContestIn("不属于本校", ({"link": "https://x.invalid"},)))
    assert "维持交办" in office.page(item.address) and "改派单位" in office.page(item.address)
    assert office.post(f"{item.address}/steps/uphold", reason="短").status_code == 422
    given = {"unit": cast.units["yuntai"].ref, "person": cast["yuntai_principal"].person_ref, "reason": REASON}
    assert office.sent(f"{item.address}/reassignment", **given) == "/items"
    assert browser("principal").get(item.address).status_code == 404, "the former school no longer sees it"
    assert browser("yuntai_principal").get(item.address).status_code == 200


def test_the_diagnosis_is_a_task_page(scene: Scene, browser: Open) -> None:
    item, handler = scene.item("accepted"), browser("school_coordinator")
    assert handler.sent(f"{item.address}/moves/start-diagnosis") == f"{item.address}/diagnosis"
    assert "归因诊断至少写两条原因" in handler.page(f"{item.address}/diagnosis")
    refused = handler.post(f"{item.address}/causes", statement="练习没有分层")
    assert refused.status_code == 422 and "请选择原因属于哪一类" in refused.get_data(as_text=True)
    assert "练习没有分层" in refused.get_data(as_text=True), "what was typed is still there"
    cause = {
        "statement": "练习没有分层",
        "category": "teaching",
        "controllable": "yes",
        "evidence_note": "作业抽样",
        "five_whys": WHYS,
    }
    for number in (1, 2):
        handler.sent(f"{item.address}/causes", **(cause | {"statement": f"原因{number}"}))
    db.session.refresh(item)
    first = item.causes[0]
    shown = handler.page(f"{item.address}/causes/{first.ref}")
    assert "原因1" in shown and f'name="version" value="{first.version}"' in shown
    changed = cause | {"statement": "练习没有分层设计", "version": str(first.version)}
    handler.sent(f"{item.address}/causes/{first.ref}", **changed)
    assert handler.post(f"{item.address}/causes/{first.ref}", **changed).status_code == 409
    handler.sent(f"{item.address}/moves/finish-diagnosis")
    assert _only().state == "planning"
    assert browser("principal").post(f"{item.address}/causes", **cause).status_code == 403


def test_a_draft_of_a_cause_is_put_back(scene: Scene, browser: Open) -> None:
    item, handler = scene.item("diagnosing"), browser("school_coordinator")
    handler.client.post(f"/drafts/cause:{item.ref}", json={"statement": ["写到一半的原因"]})
    assert "写到一半的原因" in handler.page(f"{item.address}/causes/new")


def test_the_group_head_suspends_resumes_and_voids(scene: Scene, browser: Open) -> None:
    item, head = scene.item("accepted"), browser("leading_group_head")
    late = str(clock.today() + timedelta(days=181))
    assert head.post(f"{item.address}/suspension", resume_on=late, reason=REASON).status_code == 409
    head.sent(f"{item.address}/suspension", resume_on=str(clock.today() + timedelta(days=30)), reason=REASON)
    assert "计时暂停" in head.page(item.address)
    head.sent(f"{item.address}/steps/resume")
    wrong = head.post(f"{item.address}/voiding", reason=REASON, number="WT-1")
    assert wrong.status_code == 422 and REASON in wrong.get_data(as_text=True)
    head.sent(f"{item.address}/voiding", reason=REASON, number=item.number)
    assert _only().state == "void"


def test_the_evaluation_leads_on_through_the_pages(scene: Scene, browser: Open) -> None:
    item, office = scene.item("evaluating"), browser("office_director")
    assert "还不能重订方案" in words(office.page(item.address)).replace(" ", "")
    scene.outcome(item, "insufficient_evidence")
    new, due = clock.today() + timedelta(days=60), clock.today() + timedelta(days=400)
    office.sent(f"{item.address}/extension", new_data_on=str(new), due_on=str(due))
    db.session.refresh(item)
    scene.outcome(item, "insufficient_evidence")
    assert "已经延长过一次" in office.page(item.address)
    office.sent(f"{item.address}/steps/plan-again")
    assert _only().state == "planning"


def test_an_on_site_check_and_a_remark_stand_on_the_page(scene: Scene, browser: Open) -> None:
    item, inspector = scene.item("implementing"), browser("inspector")
    inspector.page(f"{item.address}/onsite-check")
    given = {"checked_on": str(clock.today()), "place": "八年级教室", "seen": "partly", "remarks": "分层作业已开始"}
    inspector.sent(f"{item.address}/onsite-check", **given)
    inspector.sent(f"{item.address}/remarks", text="请补错因统计")
    empty = inspector.post(f"{item.address}/remarks", text=" ")
    assert empty.status_code == 422 and "请写留言" in empty.get_data(as_text=True)
    page = browser("principal").page(item.address)
    assert "看到一部分" in page and "请补错因统计" in page and "唐慕白" in page


def test_a_closed_item_is_proposed_and_taken_up_again(scene: Scene, browser: Open) -> None:
    item, inspector, office = scene.item("closed"), browser("inspector"), browser("office_director")
    assert "提议重新打开" in inspector.page(item.address)
    inspector.sent(f"{item.address}/reopening", trigger="recurrence", reason="视导时同一问题再次出现，需要重新整改")
    again = inspector.post(
        f"{item.address}/reopening", trigger="recurrence", reason="视导时同一问题再次出现，需要重新整改"
    )
    assert again.status_code == 422 and "已经有人提议" in again.get_data(as_text=True)
    made = db.session.scalars(select(Reopening)).one()
    assert item.title in office.page("/reopenings")
    assert "视导时同一问题再次出现" in office.page(made.address)
    assert "同意重新打开" not in inspector.page(made.address)
    assert office.post(f"{made.address}/approval", reason="短").status_code == 422
    office.sent(f"{made.address}/approval", reason="问题确实复发，同意重新打开")
    assert _only().state == "reopened"
    assert "请责任单位先指定新的经办人" in browser("school_coordinator").page(item.address)


def test_a_proposal_may_be_dismissed(scene: Scene, browser: Open) -> None:
    item = scene.item("closed")
    made = reopenings.propose_reopening(
        scene.actor("inspector"), item, reopenings.ReopeningIn("recurrence", "视导时同一问题再次出现，需要整改")
    )
    office = browser("office_director")
    assert office.post(f"{made.address}/dismissal", reason="短").status_code == 422
    office.sent(f"{made.address}/dismissal", reason="只是个别班级，作为新发现登记")
    db.session.refresh(made)
    assert (made.state, item.state) == ("dismissed", "closed")


def test_a_stale_page_is_told_so_and_keeps_what_was_typed(scene: Scene, browser: Open) -> None:
    item, office = scene.item(), browser("office_director")
    items.contest_item(scene.actor("principal"), item, items.ContestIn("不属于本校", ({"link": "https://x.invalid"},)))
    answer = office.post(f"{item.address}/steps/uphold", reason=REASON, version=str(item.version - 1))
    assert answer.status_code == 409 and REASON in answer.get_data(as_text=True)
    assert _only().state == "contested"


def test_a_foreign_school_and_a_foreign_county_find_nothing(scene: Scene, browser: Open) -> None:
    item = scene.item("diagnosing")
    held = item.problem_list
    for stranger in ("yuntai_principal", "other_office_director", "other_principal", "subject_teacher"):
        seen = browser(stranger)
        for address in (item.address, f"{item.address}/story", f"{item.address}/diagnosis", f"{held.address}"):
            assert seen.get(address).status_code == 404, (stranger, address)
        assert item.title not in seen.page("/items")
        assert item.title not in seen.page(f"/items?q={item.number}")
    assert browser("yuntai_principal").post(f"{item.address}/remarks", text="看看").status_code == 404
    for administrator in ("sys_admin", "security_admin", "auditor"):
        assert browser(administrator).get("/items").status_code == 404


def test_a_school_does_not_see_what_is_still_being_drafted_about_it(scene: Scene, browser: Open) -> None:
    item = scene.add(scene.draft())
    assert browser("principal").get(item.address).status_code == 404
    assert browser("principal").get(item.problem_list.address).status_code == 404
    assert browser("dept_head").get(item.address).status_code == 404
    assert browser("evaluator").get(item.address).status_code == 200
    own = scene.school_draft()
    scene.add(own, by="school_coordinator", source_type="self_check")
    assert browser("principal").get(own.address).status_code == 200
    assert browser("office_director").get(own.address).status_code == 404, "the school's draft is its own"


def test_a_school_sees_its_own_lines_of_a_county_list_and_no_document(scene: Scene, browser: Open) -> None:
    other = scene.cast.units["yuntai"].id
    held = scene.issued({}, {"title": "云台学校的问题", "unit_id": other})
    page = browser("principal").page(held.address)
    assert "你单位 1 项" in page and "云台学校的问题" not in page and "内容指纹" not in page
    assert browser("principal").get(f"{held.address}/documents/pdf").status_code == 404


def test_security_59_the_verify_page_is_open_to_everybody_and_names_nobody(scene: Scene, app: object) -> None:
    held = scene.issued()
    keep_document(SYSTEM, held, PrintedIn("pdf", "清单.pdf"))
    code = db.session.scalars(select(ListDocument.ref)).one()
    visitor = app.test_client()  # type: ignore[attr-defined]
    page = visitor.get(f"/verify/lists/{code}").get_data(as_text=True)
    assert held.document_number in page and "1 项" in page
    assert "沈砚秋" not in page and "双桥" not in page
    assert visitor.get("/verify/lists/0000000000000000").status_code == 404


def test_whoever_says_that_somebody_helps_also_says_who(scene: Scene, browser: Open) -> None:
    held, office, cast = scene.draft(), browser("office_director"), scene.cast
    line = {"title": "实验室危化品登记不全", "category": "resource", "source_type": "safety", "severity": "minor"}
    refused = office.post(f"{held.address}/items", **line, helping="some")
    assert refused.status_code == 422 and "请勾选协同单位" in refused.get_data(as_text=True)
    assert "实验室危化品登记不全" in refused.get_data(as_text=True)
    office.sent(f"{held.address}/items", **line, helping="some", co_units=[cast.units["safety"].ref])
    assert _only().co_units == [str(cast.units["safety"].id)]
    foreign = office.post(f"{held.address}/items", **line, unit=cast.units["other_yizhong"].ref)
    assert foreign.status_code == 422 and "请从列表里选一个" in foreign.get_data(as_text=True)
    wrong_day = office.post(f"{held.address}/items", **line, due_on="30.6.2027", target="很多")
    page = wrong_day.get_data(as_text=True)
    assert wrong_day.status_code == 422 and "日期请写成 2026-11-25" in page and "请写成数字" in page
    assert "30.6.2027" in page and "很多" in page, "what was typed is still there"


def test_a_line_is_taken_off_and_a_draft_withdrawn_in_the_browser(scene: Scene, browser: Open) -> None:
    held, office = scene.draft(), browser("office_director")
    item = scene.add(held)
    office.page(f"{item.address}/removal")
    assert office.post(f"{item.address}/removal", reason="短").status_code == 422
    office.sent(f"{item.address}/removal", reason=REASON)
    assert item.title not in words(office.page(held.address))
    office.sent(f"{held.address}/heading", title="改过的名称")
    assert "改过的名称" in office.page(held.address)
    office.sent(f"{held.address}/steps/withdraw")
    assert office.post(f"{held.address}/items", title="晚了").status_code == 422


def test_a_finished_list_is_archived_and_its_next_edition_begun_in_the_browser(scene: Scene, browser: Open) -> None:
    held, office = scene.issued(), browser("office_director")
    assert "起草下一版" in office.page(held.address)
    second = office.sent(f"/lists?previous={held.ref}", title=held.title)
    assert "上一版还有 1 项没有办结" in office.page(second)
    items.void_item(scene.actor("leading_group_head"), held.items[0], items.VoidIn(held.items[0].number, REASON))
    assert office.post(f"{held.address}/archive", summary=" ").status_code == 422
    office.sent(f"{held.address}/archive", summary="一项作废，没有遗留问题。")
    assert "一项作废，没有遗留问题。" in office.page(held.address)
