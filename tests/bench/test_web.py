"""How the bench asks web servers: an answer that is not the right one is a fault, never a number."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.audit.verification import BEGINNING, next_hash
from bench import figures
from bench.figures import audit, document, students
from bench.web import Line, answers, get, load, post

WANTED = {1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 14, 16, 18}


class Page(BaseHTTPRequestHandler):
    """Says what it was asked, on one connection for many requests."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = f"you asked {self.path}".encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.end_headers()

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(303 if told == b"version=1" else 422)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *rest: object) -> None:
        return None


@pytest.fixture
def server() -> Iterator[Any]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    yield SimpleNamespace(port=listening.server_address[1])
    listening.shutdown()
    thread.join()
    listening.server_close()


def test_every_request_of_a_load_is_answered_and_counted(server: Any) -> None:
    found = load(server, [get(f"/{number}", says=f"/{number}") for number in range(20)], 4)
    assert found.per_second > 0 and found.p95 > 0


def test_a_page_that_does_not_say_what_it_must_is_a_fault(server: Any) -> None:
    with pytest.raises(AssertionError, match="does not say"):
        load(server, [get("/one"), get("/two", says="/three")], 2)


def test_another_status_is_a_fault(server: Any) -> None:
    line = Line(server.port)
    with pytest.raises(AssertionError, match="404 instead of 200"):
        line.ask(get("/missing"))
    line.close()


def test_a_form_is_sent_whole_over_the_same_connection(server: Any) -> None:
    line = Line(server.port)
    line.ask(post("/step", "version=1", {"Cookie": "a=b"}))
    assert line.ask(get("/after")) == b"you asked /after"
    with pytest.raises(AssertionError, match="422 instead of 303"):
        line.ask(post("/step", "version=2", {}))
    line.close()


def test_a_server_that_is_not_there_does_not_answer(server: Any) -> None:
    assert answers(server.port, "/")
    assert not answers(1)


def test_the_bare_chain_is_the_trail_s_own_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies = [audit.body(number) for number in range(6)]
    monkeypatch.setattr(audit, "ENTRIES", 12)
    head = BEGINNING
    for number, told in enumerate([*bodies, *bodies], 1):
        head = next_hash(head, number, audit.canonical(told))
    assert audit.bare(bodies) == head


def test_the_roster_of_the_bench_has_no_pupil_twice() -> None:
    rows = list(students.students("213301", 5000))
    assert len({row[1] for row in rows}) == len({row[4] for row in rows}) == 5000
    assert students.as_csv(rows).count(b"\r\n") == 5001


def test_the_document_of_the_bench_names_its_mark_and_every_measure() -> None:
    html = document.document()
    assert document.MARK in html
    assert html.count("<tr>") == document.MEASURES + 1


def test_every_wanted_figure_is_measured_by_some_file() -> None:
    named = set()
    for file in Path(figures.__path__[0]).glob("*.py"):
        named |= {int(number) for number in re.findall(r'f?"(\d+) [a-z]', file.read_text("utf-8"))}
    assert WANTED <= named
