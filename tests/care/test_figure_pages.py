"""Pages of the figures: who opens which, what stands on them, and what never does."""

from __future__ import annotations

import io
import re
from typing import Any

import openpyxl
import pytest
from flask import Flask

from app.care.figures import operations
from app.core.database import use_context
from app.core.policy.actor import SYSTEM
from tests.care.figures_of_care import fill
from tests.care.taking_part import send
from tests.cast import Cast, sign_in

SCHOOLS = ("shuangqiao", "yuntai", "shiyan", "chengguan", "qingxi", "shimen")
HTTPS = "https://localhost"
UNKIND = ("红码", "橙码", "黄码", "绿码", "问题学生", "高危", "异常", "正常", "确诊", "诊断")


@pytest.fixture
def frozen(app: Flask, cast: Cast) -> Cast:
    """A county with a frozen week."""
    fill(cast.county.id, [cast.units[key].id for key in SCHOOLS], cast["school_counselor"].person_id, 200)
    use_context(SYSTEM.context())
    operations.freeze_where_due()
    return cast


def opened(app: Flask, cast: Cast, key: str, address: str) -> Any:
    return sign_in(app.test_client(), cast[key]).get(address, base_url=HTTPS)


@pytest.mark.parametrize(
    ("key", "address", "status"),
    [
        ("bureau_psych_officer", "/care-figures", 200),
        ("psych_center_lead", "/care-figures/tables?measure=levels", 200),
        ("psych_center_lead", "/care-figures/tables?measure=nothing", 404),
        ("principal", "/care-figures", 200),
        ("school_psych_lead", "/care-figures", 200),
        ("school_counselor", "/care-figures", 200),
        ("principal", "/care-figures/tables", 404),
        ("principal", "/care-figures/export.xlsx", 404),
        ("leading_group_head", "/care-figures", 404),
        ("leading_group_head", "/care-figures/releases", 200),
        ("leading_group_member", "/care-figures/releases", 200),
        ("leading_group_head", "/care-figures/releases/new", 404),
        ("office_director", "/care-figures/releases", 404),
        ("homeroom_teacher", "/care-figures", 404),
        ("psych_expert", "/care-figures", 404),
        ("sys_admin", "/care-figures", 404),
    ],
)
def test_each_role_opens_what_the_matrix_gives(frozen: Cast, app: Flask, key: str, address: str, status: int) -> None:
    assert opened(app, frozen, key, address).status_code in ((404, 403) if status == 404 else (status,))


def test_pages_speak_kindly_and_name_nobody(frozen: Cast, app: Flask) -> None:
    for key, address in (
        ("bureau_psych_officer", "/care-figures"),
        ("bureau_psych_officer", "/care-figures/tables?measure=levels"),
        ("principal", "/care-figures"),
    ):
        text = opened(app, frozen, key, address).text
        main = text[text.index("<main") :]
        assert not [word for word in UNKIND if word in main], address
        assert "林同学" not in main and not re.search(r"L\d{18}", main)
        assert not re.search(r"level-(red|orange|yellow|green)", main), "no colour of a level"
        assert "&lt;5" in main or "—" in main
        assert "tier" not in address


def test_security_31_the_workbook_holds_the_cells_of_the_pages_and_nothing_else(frozen: Cast, app: Flask) -> None:
    answer = opened(app, frozen, "bureau_psych_officer", "/care-figures/export.xlsx")
    assert "figures" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    cells = [row[5] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert cells and all(cell in ("<5", "—") or int(str(cell)) >= 5 for cell in cells)
    assert {"<5", "—"} <= set(cells)


def test_a_release_goes_from_one_person_over_another_to_the_leading_group(frozen: Cast, app: Flask) -> None:
    officer = sign_in(app.test_client(), frozen["bureau_psych_officer"])
    made = send(officer, "/care-figures/releases", {"period": "2026 年秋季学期"}, "/care-figures/releases/new")
    assert made.status_code == 303
    address = made.headers["Location"]
    own = send(officer, f"{address}/steps/approve", {})
    assert own.status_code == 409 and "另一个人" in own.text
    assert opened(app, frozen, "leading_group_head", address).status_code == 404
    lead = sign_in(app.test_client(), frozen["psych_center_lead"])
    assert send(lead, f"{address}/steps/approve", {}).status_code == 303
    shown = opened(app, frozen, "leading_group_head", address).text
    assert "75.0%" in shown and "1号" in shown and frozen["bureau_psych_officer"].name in shown
    assert send(lead, f"{address}/steps/withdraw", {"reason": "短"}).status_code == 422
    assert send(lead, f"{address}/steps/withdraw", {"reason": "一所学校的名册有误，要重新统计"}).status_code == 303
    gone = opened(app, frozen, "leading_group_head", address)
    assert gone.status_code == 200 and "75.0%" not in gone.text and "名册有误" in gone.text
    assert opened(app, frozen, "leading_group_head", f"{address}/export.xlsx").status_code == 404


def test_pages_say_what_to_do_while_nothing_is_frozen(app: Flask, cast: Cast) -> None:
    for key, address in (
        ("bureau_psych_officer", "/care-figures"),
        ("bureau_psych_officer", "/care-figures/tables"),
        ("principal", "/care-figures"),
        ("leading_group_head", "/care-figures/releases"),
    ):
        answer = opened(app, cast, key, address)
        assert answer.status_code == 200 and "还没有" in answer.text
