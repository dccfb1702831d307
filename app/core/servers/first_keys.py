"""`python -m app.core.servers.first_keys`: the key files of a new installation, where the settings want them.

In production nothing makes them unasked: whoever runs this knows which files are to be copied elsewhere.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from app.core.servers.context_secret import write_key
from config.settings import Settings, SettingsRefused


def for_a_start(settings: Settings) -> Iterator[Path]:
    """Make what no start goes without; yields each file that was missing."""
    yield from _made(settings.secret_key_file, lambda path: write_key(path, os.urandom(32)))
    yield from _made(settings.master_key_file, _master)


def everything(settings: Settings) -> Iterator[Path]:
    """Beside that the key of the backups and the one that signs the digest of the trail."""
    from app.core.vault.signing import SIGNERS

    yield from for_a_start(settings)
    yield from _made(settings.backup_key_file, lambda path: write_key(path, os.urandom(32)))
    yield from _made(settings.signing_key_file, lambda path: write_key(path, SIGNERS[settings.suite].new_key()))


def _master(path: Path) -> None:
    from app.core.vault import MasterKeys

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    MasterKeys.create(path)


def _made(path: Path, make: Callable[[Path], None]) -> Iterator[Path]:
    if not path.exists():
        make(path)
        yield path


def main() -> int:
    """Name every file that was made; what is there stays as it is."""
    try:
        made = list(everything(Settings.from_env()))
    except (SettingsRefused, OSError) as refused:
        print(refused, file=sys.stderr)
        return 1
    for path in made:
        print(f"已生成 (made): {path}")
    print("请把主密钥和备份密钥各抄一份，分开放到别处 (copy the master key and the backup key to two other places).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
