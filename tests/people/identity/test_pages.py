"""Every page of sign-in and administration draws for the role it is for, and is not there for the others."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast, sign_in

PAGES = {
    "sys_admin": (
        "/accounts",
        "/accounts?state=none&state=active&q=chen",
        "/system",
        "/me",
        "/me/password",
        "/me/phone",
    ),
    "security_admin": (
        "/accounts",
        "/role-requests",
        "/role-requests?show=settled",
        "/roles?term=running&role=principal",
    ),
    "auditor": ("/audit/entries", "/audit/entries?kind=sign_in&month=2026-11", "/audit/chain", "/audit/unusual"),
}


@pytest.mark.parametrize(("role", "address"), [(role, a) for role, pages in PAGES.items() for a in pages])
def test_the_page_opens(role: str, address: str, app: Flask, client: FlaskClient, cast: Cast) -> None:
    answer = sign_in(client, cast[role]).get(address)
    assert answer.status_code == 200, answer.text
