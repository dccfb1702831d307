"""A guardian takes the agreement back and has the answers erased; the officer decides with a fresh code; what the law keeps is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from app.care.rights.models import RightsRequest
from app.care.screening.models import CriticalAlert, ScaleResponse, ScaleResult
from app.core import clock
from app.core.audit import trail
from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from tests.browser.care.ward import Ward, whole
from tests.browser.conftest import Site, Visit, serving
from tests.care.access.conftest import Story, tell, without_alert
from tests.care.terms import BORN
from tests.conftest import Clock

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    with serving(cluster, worker, keys) as running:
        yield running
    clock.set_offset_source(None)


def alert_over(story: Story) -> Story:
    """Nobody needs the child's answers for an alert any more."""
    without_alert(story)
    with trail.act(SYSTEM, "system", "test.cleared"):
        db.session.execute(update(CriticalAlert).values(cleared_on=clock.today()))
    db.session.commit()
    return story


def state_of(story: Story) -> str:
    """Of the one request."""
    use_context(SYSTEM.context())
    return db.session.scalars(select(RightsRequest.state).where(RightsRequest.student_id == story.child)).one()


def answers_of(story: Story) -> int:
    """How many answers and scores of the child are left."""
    use_context(SYSTEM.context())
    sheets = select(func.count()).where(ScaleResponse.student_id == story.child, ScaleResponse.sealed.is_not(None))
    scores = select(func.count()).where(ScaleResult.student_id == story.child)
    return (db.session.scalar(sheets) or 0) + (db.session.scalar(scores) or 0)


def test_a_guardian_has_answers_erased_and_reads_what_is_gone_and_what_the_law_keeps(site: Site, visit: Visit) -> None:
    story: Story = site.inside(lambda: alert_over(tell(site.cast, Clock())))
    with Ward(site, visit).running() as ward:
        results = f"/support/students/{story.ref}/results?shown=1"
        counsellor = ward.sits("school_counselor").opens(results)
        expect(counsellor.page.locator("main table tbody tr").first).to_be_visible()

        phone = ward.phone(story.term.slips["学生00", "guardian1"], BORN)
        phone.get_by_role("link", name="同意").first.click()
        phone.get_by_role("button", name="撤回同意").click()
        expect(phone.get_by_text("已撤回").first).to_be_visible()
        ward.posted()
        phone.goto(f"{site.address}/code/rights")
        phone.get_by_label("你要办什么").select_option("delete")
        phone.get_by_label("说明").fill("不再参加，请删掉孩子答过的问卷")
        phone.get_by_role("button", name="提交请求").click()
        expect(phone.get_by_text("已收到，15 个工作日内答复")).to_be_visible()
        expect(counsellor.opens(results).page.locator("main table tbody tr").first).to_be_visible()

        officer = ward.sits("dpo").opens("/rights-requests")
        Clock().advance(minutes=6)
        officer.page.locator("td.t-title a").first.click()
        officer.reads("请删掉孩子答过的问卷").page.get_by_label("办理结果").fill("同意已经撤回，问卷回答由系统销毁")
        officer.page.get_by_role("button", name="答复", exact=True).click()
        officer.reads("验证码")
        assert site.inside(lambda: state_of(story)) == "received", "without a fresh code nothing is decided"
        officer.page.fill("main [name=factor_code]", site.code_for(site.cast["dpo"]))
        officer.page.get_by_role("button", name="确认").click()
        officer.reads("已答复")
        ward.minute()

        expect(counsellor.opens(results).page.locator("main table")).to_have_count(0)
        counsellor.reads("还没有量表结果")
        phone.goto(f"{site.address}/code/rights")
        phone.get_by_role("link", name="删除信息").click()
        said = phone.locator("body")
        for words in (
            "同意已经撤回，问卷回答由系统销毁",
            "1 次问卷的回答和结果已经销毁",
            "还留着：学校按规定必须保存的学籍和工作记录",
        ):
            expect(said).to_contain_text(words)
        expect(said).not_to_contain_text("同意还有效")
        whole(phone, site, "own-erased")
        with phone.expect_download() as coming:
            phone.get_by_role("link", name="下载结果文件").click()
        erased = json.loads(Path(coming.value.path()).read_bytes())["erased"]
        assert (erased["surveys"], erased["surveys_kept"]) == (1, 0)
        assert site.inside(lambda: answers_of(story)) == 0
        auditor = ward.sits("auditor").opens("/audit/chain").presses("现在校验")
        ward.posted()
        auditor.opens("/audit/chain").reads("链条完整")
