"""An item is counted and listed on the first page of a role that reaches it, and on no other."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import Cast
from tests.dashboards.test_first_pages import figures
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import Scene


@pytest.mark.parametrize("role", ["dept_head", "inspector", "guidance_member", "assessment_member"])
def test_an_item_that_the_role_reaches_is_counted_and_listed(role: str, app: Flask, cast: Cast) -> None:
    scene = Scene(cast)
    browser = Browser(app, cast, role)
    before = figures(browser.page("/"))["在办问题项"][1]
    item = scene.item("issued")
    reached = f"/items/{item.ref}" in browser.page("/items")
    page = browser.page("/")
    assert figures(page)["在办问题项"][1] == before + reached
    assert (item.title in page) == reached
