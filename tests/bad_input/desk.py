"""Where a bad thing arrives: people signed in, own and foreign records, and what the pages answer in each language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text

from app.core.database import db, use_context
from app.core.imports.models import ImportBatch
from app.core.outbox import deliver
from app.core.policy.actor import SYSTEM
from tests.cast import Cast, sign_in
from tests.policy.records import Chain

SENDER = "双桥中学教务处王老师发来"
"""What somebody typed beside the file; it must not get lost."""
PLUMBING = {
    "alembic_version", "attempts", "deadlines", "drafts", "effects", "inbox_letters", "outbox",
    "sign_in_sessions", "vault_keys",
}  # fmt: skip
WAITING_ROOM = {
    "import_batches", "import_files", "import_progress", "import_reports", "import_rows", "saved_mappings",
}  # fmt: skip
"""Where a file waits until somebody accepts it: not yet the county's data."""
ROSTERS = "/imports/new?kind=students"
CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass
class Met:
    """What the person was answered: all statuses on the way, the words of the last page, what had been typed."""

    page: str
    statuses: tuple[int, ...]
    kept: tuple[str, ...] = ()
    says: str = ""
    """The sentence of this very file, where the reader of workbooks has one."""

    @property
    def words(self) -> str:
        """What a reader sees, and what stands in the fields."""
        main = self.page.partition("<main")[2].partition("</main>")[0] or self.page
        typed = " ".join(re.findall(r'value="([^"]*)"', main))
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", main) + " " + typed).split())


@dataclass
class Desk:
    """Everybody of the cast with a browser of their own, in one language."""

    app: Flask
    cast: Cast
    own: Chain
    foreign: Chain
    language: str
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    before: dict[str, int] = field(default_factory=dict)
    """Rows when the bad thing happened, counted anew where a scene had to be set first."""
    waited: dict[str, int] = field(default_factory=dict)
    """Likewise of files that wait."""

    def __getitem__(self, key: str) -> FlaskClient:
        if key not in self.browsers:
            self.browsers[key] = self.signed_in(key)
        return self.browsers[key]

    def signed_in(self, key: str) -> FlaskClient:
        """A new browser of this player, speaking the language of the desk."""
        client = sign_in(self.app.test_client(), self.cast[key])
        client.post("/language", data={"language": self.language})
        return client

    def counts(self) -> dict[str, int]:
        """Rows of every table that people write; a file that waits to be accepted is in none of them."""
        use_context(SYSTEM.context())
        return _rows(set(inspect(db.session.connection()).get_table_names()) - PLUMBING - WAITING_ROOM)

    def waiting(self) -> dict[str, int]:
        """Rows of the tables where a file waits: a file that was refused is in none of these either."""
        use_context(SYSTEM.context())
        return _rows(WAITING_ROOM)

    def sends(self, key: str, name: str, content: bytes, address: str = ROSTERS, **fields: str) -> Any:
        """Send a file with the word of who sent it."""
        texts = [_part(f'name="{field}"', value.encode()) for field, value in {"sender": SENDER, **fields}.items()]
        body = (*texts, _part(f'name="file"; filename="{name}"', content), b"--edge--\r\n")
        return self[key].post(address, data=b"".join(body), content_type="multipart/form-data; boundary=edge")

    def checked(self, key: str, name: str, content: bytes, address: str = ROSTERS, **fields: str) -> Met:
        """Send a file, match nothing by hand, and read the report on its rows."""
        sent = self.sends(key, name, content, address, **fields)
        assert sent.status_code == 303, Met(sent.text, ()).words[:500]
        batch = latest()
        pressed = self[key].post(f"{batch.address}/check", data={"version": batch.version, **self._matched(key, batch)})
        deliver.drain()
        report = self[key].get(batch.address)
        assert latest().sender == SENDER
        return Met(report.text, (sent.status_code, pressed.status_code, report.status_code))

    def _matched(self, key: str, batch: ImportBatch) -> dict[str, str]:
        html = self[key].get(batch.address).text
        fields = dict(re.findall(r'name="(use-\d+)" value="(1)"', html))
        fields |= dict(re.findall(r'name="((?:rows|fixed)-\w+)"[^>]*value="([^"]*)"', html))
        for name, body in re.findall(r'<select[^>]*name="(column-\d+)"[^>]*>(.*?)</select>', html, re.S):
            chosen = re.search(r'<option value="([^"]*)" selected', body)
            fields[name] = chosen[1] if chosen else "?"
        return fields


def _rows(tables: Iterable[str]) -> dict[str, int]:
    return {name: int(db.session.execute(text(f"select count(*) from {name}")).scalar_one()) for name in tables}


def _part(named: str, content: bytes) -> bytes:
    """One part of a form; the client's own way leaves the temporary file of a large one open."""
    return f"--edge\r\nContent-Disposition: form-data; {named}\r\n\r\n".encode() + content + b"\r\n"


def latest() -> ImportBatch:
    """The batch that came last."""
    use_context(SYSTEM.context())
    found = db.session.scalars(
        select(ImportBatch).order_by(ImportBatch.created_at.desc(), ImportBatch.id.desc())
    ).first()
    assert found is not None
    db.session.refresh(found)
    return found
