"""Signing in: two steps, the same answer for every name, limits that delay, and what the trail keeps."""

from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, code, sign_in, sign_in_at_the_door, with_token


def test_password_and_code_lead_to_the_first_page(app: Flask, client: FlaskClient, cast: Cast) -> None:
    first = with_token(client).post("/sign-in", data={"name": "principal", "password": PASSWORD, "then": "/me"})
    assert (first.status_code, first.location) == (303, "/sign-in/code?then=/me")
    second = with_token(client).post("/sign-in/code", data={"code": code(cast["principal"]), "then": "/me"})
    assert (second.status_code, second.location) == (303, "/me/unsent?then=/me")
    page = client.get("/me")
    assert page.status_code == 200
    assert "沈砚秋" in page.text
