"""Each role's first page says what waits and what the role reaches, and every number on it opens its rows."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from app.core.policy.roles import ADMINISTRATORS, ROLES
from tests.cast import Cast
from tests.improvement.problems.browsing import Browser
from tests.improvement.problems.scenes import Scene

NUMBER = re.compile(r'<div class="figure"><dt>([^<]+)</dt><dd><a class="plain" href="([^"]+)"><b[^>]*>(\d+)')


def figures(page: str) -> dict[str, tuple[str, int]]:
    return {name: (address.replace("&amp;", "&"), int(number)) for name, address, number in NUMBER.findall(page)}


@pytest.mark.parametrize("role", sorted(set(ROLES) - ADMINISTRATORS))
def test_every_number_of_a_first_page_opens(role: str, app: Flask, cast: Cast) -> None:
    browser = Browser(app, cast, role)
    for address, _number in figures(browser.page("/")).values():
        assert browser.get(address).status_code == 200, address


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


def test_the_security_administrator_begins_with_the_requests(app: Flask, cast: Cast) -> None:
    assert Browser(app, cast, "security_admin").get("/").headers["Location"].endswith("/role-requests")
