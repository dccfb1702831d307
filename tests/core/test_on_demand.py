"""What few requests need is imported by the process that first uses it, not kept in memory by every web server."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.core import on_demand, queue
from config.settings import PROJECT

HEAVY = (
    "PIL", "alembic", "authlib", "docx", "fontTools", "lxml", "mako", "numpy", "openpyxl", "pikepdf", "pypdf", "pypinyin",
    "requests", "weasyprint", "xlsxwriter",
)  # fmt: skip


SERVES = "import app.factory, gunicorn.workers.gthread"
WORKS = "from app.core import on_demand; on_demand.import_all()"


@pytest.fixture(scope="module")
def imported() -> tuple[set[str], set[str]]:
    """Which of the heavy libraries a fresh process has imported once it could serve, and once it could work."""
    told = f"print(*{{name.partition('.')[0] for name in sys.modules}} & set({HEAVY!r}))"
    asked = f"import sys; {SERVES}; {told}; {WORKS}; {told}"
    answer = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, check=True, capture_output=True, text=True)
    serving, working = answer.stdout.split("\n")[:2]
    return set(serving.split()), set(working.split())


def test_the_web_server_starts_without_the_libraries_of_documents_and_workbooks(imported: Any) -> None:
    assert imported[0] == set()


def test_a_worker_imports_them_before_it_forks_for_its_first_job(imported: Any) -> None:
    assert imported[1] >= {"docx", "numpy", "openpyxl", "pikepdf", "pypdf", "xlsxwriter"}


def test_a_worker_imports_them_before_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(on_demand, "import_all", lambda: done.append("imported"))
    monkeypatch.setattr(queue.TiedWorker, "__init__", lambda *_, **__: None)
    monkeypatch.setattr(queue.TiedWorker, "work", lambda *_, **__: done.append("serving"))
    queue.work("redis://localhost:1", ("urgent",), burst=True)
    assert done == ["imported", "serving"]


def test_a_name_asked_by_many_threads_at_once_is_the_same_for_all() -> None:
    library = on_demand.OnDemand("graphlib")
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: library.TopologicalSorter, range(64)))
    assert len(found) == 1
    assert "TopologicalSorter" in vars(library)


def test_a_name_that_a_library_does_not_have_is_refused_as_by_the_library_itself() -> None:
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        on_demand.OnDemand("graphlib").nothing_of_that_name  # noqa: B018
