"""Nothing that somebody typed, and no number of a person, reaches a log line."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from app.core import logs

CANARY = "金丝雀4711"
ID_NUMBER, PHONE = "11010519491231002X", "13800138000"
Reader = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def written() -> Iterator[Reader]:
    before = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    logs.configure("DEBUG", stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:], _ = before
    logging.getLogger().setLevel(before[1])
    structlog.reset_defaults()


def test_a_line_says_when_how_grave_where_and_what(written: Reader) -> None:
    logs.get("app.core.imports").info("import_accepted", batch="a1b2", rows=1200, seconds=0.61, first=True)

    [line] = written()
    assert list(line)[:4] == ["at", "level", "logger", "event"]
    assert line["at"].endswith("+00:00")
    assert (line["level"], line["logger"], line["event"]) == ("info", "app.core.imports", "import_accepted")
    assert (line["batch"], line["rows"], line["seconds"], line["first"]) == ("a1b2", 1200, 0.61, True)


def test_no_canary_gets_through_at_debug(written: Reader) -> None:
    log, library = logs.get("app.care"), logging.getLogger("somebody_elses.code")

    log.debug("saved", body=CANARY, note=CANARY, form={"reason": CANARY}, password=CANARY, sql=CANARY)
    log.debug("nested", change={"token": CANARY, "rows": [{"text": CANARY}]}, params=[CANARY], raw=CANARY.encode())
    log.debug("error_as_value", problem=ValueError(CANARY))
    library.debug("library at debug: %s", CANARY)
    library.warning("(psycopg.errors.UniqueViolation) duplicate key\nDETAIL: Key (name)=(%s) exists.", CANARY)
    library.warning("[SQL: insert …]\n[parameters: {'name': '%s'}]", CANARY)
    library.info('"GET /students?q=%s HTTP/1.1" 200', CANARY)
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        log.exception("failed")
        log.error("failed", exc_info=error)
        library.error("library failed", exc_info=True, stack_info=True)

    assert len(written()) == 9
    assert CANARY not in json.dumps(written(), ensure_ascii=False)


def test_numbers_and_names_of_persons_are_masked(written: Reader) -> None:
    logs.get("app").info(
        "found", message=f"{ID_NUMBER} {PHONE} +86 138-0013-8000 G{ID_NUMBER[:17]}1", name="欧阳娜娜", phone=13800138000
    )
    logging.getLogger("other").info("mail to %s about %s", "teacher@school.example", "110105491231002")

    first, second = written()
    assert first["message"] == "110105******** 138****8000 +86 138****8000 G110105********"
    assert (first["name"], first["phone"]) == ("欧***", "138****8000")
    assert second["event"] == "mail to ***@school.example about 110105********"


@pytest.mark.parametrize("hidden", ["\r\n", "\x1b[2J", "\x9b31m", "\u2028", "\u202e", "\u200b", "\x00"])
def test_a_line_stays_one_line_and_commands_no_terminal(written: Reader, hidden: str) -> None:
    logs.get("app").info(f"one{hidden}two", ref=f"a{hidden}b", keys={"k": f"c{hidden}d"})

    [line] = written()
    assert not any(mark in json.dumps(line, ensure_ascii=False) for mark in hidden if not mark.isprintable())
    assert line["ref"].startswith("a\\u") and hidden not in line["event"]


def test_an_error_is_told_by_kind_and_place(written: Reader) -> None:
    try:
        try:
            raise ZeroDivisionError(CANARY)
        except ZeroDivisionError as inner:
            raise LookupError(CANARY) from inner
    except LookupError:
        logs.get("app").exception("broke")

    [line] = written()
    assert line["failure"]["error"] == "LookupError" and line["failure"]["cause"] == "ZeroDivisionError"
    assert "test_an_error_is_told" in line["failure"]["frames"][-1]


def test_an_error_of_the_machine_keeps_its_message(written: Reader) -> None:
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except OSError:
        logs.get("app").exception("mail_unreachable")

    assert "Connection refused" in written()[0]["failure"]["message"]


def test_libraries_below_info_and_sql_statements_are_silent(written: Reader) -> None:
    logging.getLogger("urllib3").debug("x")
    logging.getLogger("sqlalchemy.engine.Engine").info("insert into notes values (…)")
    logging.getLogger("werkzeug").info("kept")

    assert [line["event"] for line in written()] == ["kept"]


def test_a_very_long_text_is_cut(written: Reader) -> None:
    logs.get("app").info("long", ref="长" * 100_000)

    assert len(written()[0]["ref"]) <= 2001


def test_configuring_twice_writes_each_line_once(written: Reader) -> None:
    stream = io.StringIO()
    logs.configure("INFO", stream)
    logs.configure("INFO", stream)
    logs.get("app").info("once")

    assert len(stream.getvalue().splitlines()) == 1
