"""A form that was sent after its session had ended, however that came about: kept for its writer, and for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text, update

from app.core.database import db, use_context
from app.core.web.drafts import draft_of
from app.people.identity.models import SignInSession
from tests.cast import Cast, Player, sign_in, sign_in_at_the_door, with_token
from tests.people.identity.test_security_sessions import (
    _disable,
    _end_role,
    _end_sessions,
    _leave,
    _reset_factor,
    _term_over,
)

FORM, WORDS = "/accounts/new/0123456789abcdef", "半小时写的字"
Deed = Callable[[Cast, Player], None]


def _ended(why: str) -> Deed:
    def deed(cast: Cast, player: Player) -> None:
        mine = update(SignInSession).where(SignInSession.account_id == player.account_id)
        db.session.execute(mine.values(ended_at=text("now()"), end=why))
        db.session.commit()

    return deed


def kept_after(deed: Deed, client: FlaskClient, cast: Cast) -> str:
    """What is kept of a form that the principal sends after the deed."""
    player = cast["principal"]
    sign_in(client, player)
    deed(cast, player)
    sent = client.post(FORM, data={"name": WORDS, "version": "3", "password": "never kept"})
    assert (sent.status_code, sent.location) == (303, "/sign-in")
    db.session.rollback()
    use_context(cast.actor("principal").context())
    found = draft_of(cast.actor("principal"), "unsent")
    assert found is None or "password" not in found[0]
    return found[0]["name"][0] if found else ""


@pytest.mark.parametrize(
    "deed", [_ended("oldest"), _ended("access"), _end_sessions, _reset_factor, _end_role, _term_over]
)
def test_a_form_is_kept_when_others_ended_the_session(deed: Deed, client: FlaskClient, cast: Cast) -> None:
    assert kept_after(deed, client, cast) == WORDS


@pytest.mark.parametrize("deed", [_disable, _leave, _ended("signed_out"), _ended("by_owner")])
def test_nothing_is_kept_for_a_closed_account_for_who_left_or_after_an_end_of_ones_own_wish(
    deed: Deed, client: FlaskClient, cast: Cast
) -> None:
    assert kept_after(deed, client, cast) == ""


def test_the_form_of_a_browser_that_a_fourth_sign_in_ended_is_offered_again(
    app: Flask, cast: Cast, clock: object
) -> None:
    player, browsers = cast["sys_admin"], [app.test_client() for _ in range(4)]
    for browser in browsers:
        clock.advance(seconds=60)  # type: ignore[attr-defined]
        sign_in_at_the_door(browser, player)
        with_token(browser)
    assert browsers[0].post(FORM, data={"name": WORDS}).location == "/sign-in"
    offered = browsers[3].get("/me/unsent")
    assert WORDS in offered.text and f'action="{FORM}?_unsent=1"' in offered.text
