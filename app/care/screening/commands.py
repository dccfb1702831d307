"""Commands of the scales: check a file, or all that come with the project, before a county uses them."""

from __future__ import annotations

from pathlib import Path

import click
import yaml
from flask.cli import AppGroup
from pydantic import ValidationError

from app.care.screening.scales.shelf import SHELF, failed_vectors, read_scale

scales = AppGroup("scales", help="Scales as data.")


@scales.command("check", with_appcontext=False)
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Read each FILE (all that come with the project without one) and run its vectors; exit code 1 names what fails."""
    good = [_checked(path) for path in files or sorted(SHELF.glob("*.yaml"))]
    if not all(good):
        raise SystemExit(1)


def _checked(path: Path) -> bool:
    try:
        scale = read_scale(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
        click.echo(f"BAD {path.name}: {_told(error)}", err=True)
        return False
    wrong = failed_vectors(scale)
    for sentence in wrong:
        click.echo(f"BAD {path.name}: {sentence}", err=True)
    if not wrong:
        texts = "with its texts" if scale.complete else "key only: upload the texts with a licence note before use"
        click.echo(f"OK {scale.code} {scale.version}: {len(scale.test_vectors)} vectors, {texts}")
    return not wrong


def _told(error: Exception) -> str:
    """One line a fault: where in the file, and what."""
    if not isinstance(error, ValidationError):
        return " ".join(str(error).split())
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in error.errors())


COMMANDS = (scales,)
