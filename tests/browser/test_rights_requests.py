"""A guardian asks on the phone for a copy of the child's data; the data protection officer answers; the file comes with its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from app.core import clock
from tests.browser.care.ward import Ward, whole
from tests.browser.conftest import NARROW, Site, Visit, serving
from tests.care.access.conftest import NAME, Story, tell
from tests.care.terms import BORN
from tests.conftest import Clock

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(cluster: Any, worker: str, keys: Any) -> Iterator[Site]:
    with serving(cluster, worker, keys) as running:
        yield running
    clock.set_offset_source(None)


def test_a_guardian_asks_for_a_copy_on_the_phone_and_opens_it_after_the_officers_answer(
    site: Site, visit: Visit
) -> None:
    story: Story = site.inside(lambda: tell(site.cast, Clock()))
    with Ward(site, visit).running() as ward:
        phone = ward.phone(story.term.slips["学生00", "guardian1"], BORN)
        phone.get_by_role("link", name="查阅、更正、删除个人信息").click()
        whole(phone, site, "own-empty")
        phone.get_by_role("button", name="提交请求").click()
        expect(phone.locator("main, body").first).to_contain_text("请选要办什么")
        phone.get_by_label("你要办什么").select_option("copy")
        phone.get_by_role("button", name="提交请求").click()
        expect(phone.get_by_text("已收到，15 个工作日内答复")).to_be_visible()
        whole(phone, site, "own-one")
        officer = ward.sits("dpo").opens("/rights-requests")
        officer.reads("要一份电子副本", "双桥中学")
        assert NAME not in officer.text()
        whole(officer.page, site, "list-wide")
        officer.page.locator("td.t-title a").first.click()
        whole(officer.page, site, "answer-wide")
        officer.page.set_viewport_size(NARROW)
        whole(officer.page, site, "answer-narrow")
        officer.page.get_by_label("办理结果").fill("已核对身份，副本由系统生成，请在手机上下载")
        officer.page.get_by_role("button", name="答复", exact=True).click()
        officer.reads("已核对身份")
        ward.minute()
        phone.get_by_role("link", name="要一份电子副本").click()
        whole(phone, site, "own-answered")
        with phone.expect_download() as coming:
            phone.get_by_role("link", name="下载结果文件").click()
        content = Path(coming.value.path()).read_bytes()
        assert json.loads(content)["data"]["roll"]["name"] == NAME
        expect(phone.locator("code")).to_have_text(hashlib.sha256(content).hexdigest())
