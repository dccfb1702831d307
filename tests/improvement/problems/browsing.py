"""A browser of the tests: signed in as one of the cast, it opens pages, sends forms and counts what the database was asked."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.cast import Cast, sign_in


class Browser:
    """Pages as one person sees them."""

    def __init__(self, app: Flask, cast: Cast, key: str) -> None:
        self.client: FlaskClient = sign_in(app.test_client(), cast[key])

    def get(self, address: str) -> Any:
        return self.client.get(address)

    def page(self, address: str) -> str:
        """A page that has to be there."""
        answer = self.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return str(answer.get_data(as_text=True))

    def post(self, address: str, **data: Any) -> Any:
        return self.client.post(address, data=data)

    def sent(self, address: str, **data: Any) -> str:
        """A form that has to be taken; the address it leads to."""
        answer = self.post(address, **data)
        assert answer.status_code == 303, (address, answer.status_code, words(answer.get_data(as_text=True))[:800])
        return str(answer.headers["Location"])


def words(page: str) -> str:
    """What a reader sees of a page."""
    inside = page.split("<main", 1)[-1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inside)).strip()
