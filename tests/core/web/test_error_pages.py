"""A page that says what went wrong stands in the frame without menu, and looks nothing up for one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.policy.actor import Actor
from app.core.web import navigation
from tests.cast import Cast, sign_in


def test_an_error_page_counts_nothing_for_a_menu_that_it_does_not_show(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def count(actor: Actor) -> int:
        asked.append("count")
        return 0

    def notices(actor: Actor) -> list[str]:
        asked.append("notices")
        return []

    monkeypatch.setattr(navigation, "COUNTERS", [count])
    monkeypatch.setattr(navigation, "NOTICES", [notices])
    client = sign_in(app.test_client(), cast["principal"])
    refused = client.get("/plans/0000000000000000")
    assert refused.status_code == 404 and "<nav" not in refused.text
    assert asked == []
    shown = client.get("/me")
    assert shown.status_code == 200 and "<nav" in shown.text
    assert sorted(asked) == ["count", "notices"]
