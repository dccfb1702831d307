"""A first load of the demo county that did not come to its end: known by a mark in the data folder, and begun anew."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.core.servers.embedded import Servers
from app.core.servers.postgres import DATABASE

MARK = "demo-unfinished"


@contextmanager
def loading(data: Path) -> Iterator[None]:
    """The mark stands until the block comes to its end, also where the process is killed meanwhile."""
    mark = data / MARK
    mark.touch()
    yield
    mark.unlink()


def was_interrupted(data: Path) -> bool:
    """Whether an earlier load was not finished."""
    return (data / MARK).exists()


def begin_anew(servers: Servers) -> bool:
    """An empty database, no files and no anchors after a load that was interrupted; whether there was one.

    Only in a database of our own: another server's is nothing to throw away.
    """
    settings, postgres = servers.settings, servers.postgres
    if postgres is None or settings.production or not was_interrupted(settings.data):
        return False
    postgres.drop_database(DATABASE)
    postgres.create_database()
    shutil.rmtree(settings.storage, ignore_errors=True)
    for anchor in settings.anchor_files:
        anchor.unlink(missing_ok=True)
    (settings.data / MARK).unlink()
    return True
