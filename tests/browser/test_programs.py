"""The office asks for a token, sees it once, and the security administrator approves it: two persons, in the browser."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from app.core import clock
from tests.browser.conftest import NARROW, WIDE, Site, Visit, barriers, leave, picture, sideways

pytestmark = pytest.mark.browser


def test_a_token_is_asked_for_by_one_person_and_approved_by_another(site: Site, visit: Visit) -> None:
    asker = visit("office_director", at_the_door=False)
    asker.goto(f"{site.address}/programs/tokens/new")
    asker.fill("input[name=name]", "市教学质量管理平台（学业质量监测子系统）")
    asker.check("text=读取数据发现")
    asker.fill("input[name=last_day]", (clock.today() + timedelta(days=90)).isoformat())
    picture(asker, site, "token-asked")
    asker.click("button.btn-primary")
    shown = asker.wait_for_selector("code")
    assert shown is not None and re.fullmatch(r"bh_[A-Za-z0-9_\-]{43}", shown.inner_text())
    picture(asker, site, "token-once")
    admin = visit("security_admin", at_the_door=False)
    for size, name in ((WIDE, "wide"), (NARROW, "narrow")):
        admin.set_viewport_size(size)
        admin.goto(f"{site.address}/programs")
        assert not barriers(admin) and not sideways(admin)
        picture(admin, site, f"programs-{name}")
    leave(admin, admin.get_by_text("市教学质量管理平台").first)
    picture(admin, site, "token-narrow")
    admin.click("main button.btn-primary")
    admin.wait_for_selector("text=已批准")
    assert not barriers(admin)
