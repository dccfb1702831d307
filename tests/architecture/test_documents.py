"""What the documents point at is there: files, variables, commands; and every variable, role and part of the delivery is told."""

import inspect
import re
import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask

from app.care.protection.purposes import purposes
from app.core import backups
from app.core.policy.roles import ROLES
from app.core.servers import PostgresServer, first_keys, valkey
from app.core.web import navigation
from config.settings import Settings

PROJECT = Path(__file__).parents[2]
DOCUMENTS = [
    PROJECT / "README.md",
    PROJECT / "README.zh.md",
    *sorted(PROJECT.glob("docs/*.md")),
    *sorted(PROJECT.glob("docs/guide/*.md")),
]
VARIABLES = {one.metadata["name"] for one in Settings.__dataclass_fields__.values()}
DEFAULTS = {one.metadata["default"] for one in Settings.__dataclass_fields__.values()}
FILE = re.compile(r"`((?:config|deploy|app|bin|docs)/[\w./-]+)`")
VARIABLE = re.compile(r"\b(BIHUAN_[A-Z_]+[A-Z])\b")
COMMAND = re.compile(
    r"(?:^|[|] |&& )(?:\.venv/bin/)?(flask(?: --app wsgi)?|bihuan|make) ([a-z][a-z-]*(?: [a-z][a-z-]*)*)((?: [^`|;)]*)?)[`|;)]"
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.relative_to(PROJECT).as_posix())
def test_a_document_names_only_what_is_there(document: Path) -> None:
    text = document.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", text)
    gone = [link for link in links if not (document.parent / link).exists()]
    gone += [name for name in FILE.findall(text) if name not in DEFAULTS and not (PROJECT / name).exists()]
    gone += sorted(set(VARIABLE.findall(text)) - VARIABLES)
    gone += re.findall(r"(?:决定|[Dd]ecision) \d+|[Dd]omain §\S*", text)  # numbers of papers that are not delivered
    assert not gone


def test_what_is_decided_before_going_live_stands_in_both_languages_row_for_row_and_is_set_in_the_same_places() -> None:
    chinese, _, english = (
        (PROJECT / "docs/before-going-live.md").read_text("utf-8").partition("\n# What the county decides")
    )
    told = [_decisions(chinese), _decisions(english)]
    assert len(told[0]) == len(told[1]) > 50
    assert not [(one, other) for one, other in zip(*told, strict=True) if one != other]


def test_what_is_decided_before_going_live_counts_the_purposes_right_in_both_languages() -> None:
    count = len(purposes())
    text = (PROJECT / "docs/before-going-live.md").read_text("utf-8")
    assert f"`config/protection/purposes.yaml` 里 {count} 项" in text
    assert f"{count} of them in `config/protection/purposes.yaml`" in text


def _decisions(half: str) -> list[tuple[bool, frozenset[str]]]:
    """Each row of the tables: whether it goes to the legal office, and the files and variables by which it is set."""
    rows = [
        line
        for line in half.splitlines()
        if line.startswith("| ") and not line.startswith(("| 要定的事", "| to decide"))
    ]
    return [("⚖" in row, frozenset(re.findall(r"`([\w/.]*[_/][\w/.]*)`", row.rpartition(" | ")[2]))) for row in rows]


def _targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE))


def _unknown(app: Flask, tool: str, words: str, rest: str) -> str | None:
    """What is wrong with a command as a document types it; None when it is there with these options."""
    if tool == "make":
        return None if words.split()[0] in _targets() else f"make {words}"
    if words == "first-keys":
        return None if tool == "bihuan" else words
    found: click.Command = app.cli
    for word in words.split():
        if not isinstance(found, click.Group):
            break
        if word not in found.commands:
            return f"{tool} {words}"
        found = found.commands[word]
    options = {name for one in found.params for name in one.opts}
    strange = sorted(set(re.findall(r"(?<!\S)--[a-z-]+", rest)) - options)
    return f"{tool} {words} {strange}" if strange else None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: one.relative_to(PROJECT).as_posix())
def test_every_command_in_a_document_is_there_with_its_options(app: Flask, document: Path) -> None:
    lines = document.read_text("utf-8").splitlines()
    spans = [span for line in lines for span in re.findall(r"`([^`]+)`|^(make .*?)(?: #.*)?$", line)]
    typed = [told for span in spans for told in COMMAND.findall("".join(span) + "`")]
    assert not [said for one in typed if (said := _unknown(app, *one))]


def test_every_setting_stands_once_in_the_list_of_settings_with_its_default() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)` \| (?:`(.*?)`|–) \| (.+) \|$", (PROJECT / "docs/settings.md").read_text("utf-8"), re.M
    )
    meant = [(one.metadata["name"], one.metadata["default"]) for one in Settings.__dataclass_fields__.values()]
    assert [(name, default) for name, default, _told in rows] == meant
    explained = {one.metadata["name"]: one.metadata["explain"] for one in Settings.__dataclass_fields__.values()}
    assert not [name for name, _default, told in rows if not told.endswith(f" {explained[name]}") or told.isascii()]


def test_operations_say_in_both_languages_the_same_commands_files_and_variables() -> None:
    chinese, _, english = (PROJECT / "docs/operations.md").read_text("utf-8").partition("\n# Running Bihuan for real")
    named = [
        {
            word
            for word in re.findall(r"`([^`]+)`", half)
            if re.search(r"[_/.=-]", word) and word.isascii() and word.upper() != word
        }
        | set(VARIABLE.findall(half))
        for half in (chinese, english)
    ]
    named = [{word for word in half if not re.search(r"[A-Z]{3}", word) or VARIABLE.fullmatch(word)} for half in named]
    assert len(named[0]) > 60 and not sorted(named[0] ^ named[1])
    assert len(re.findall("^## ", chinese, re.M)) == len(re.findall("^## ", english, re.M)) == 9


def test_every_role_has_a_guide_and_every_guide_is_listed() -> None:
    guides = {path.name: path.read_text("utf-8") for path in (PROJECT / "docs/guide").glob("*.md")}
    listed = set(re.findall(r"\]\((\w[\w-]*\.md)\)", guides["README.md"]))
    assert listed == set(guides) - {"README.md"}
    accounts = "".join(guides.values())
    assert not [code for code in ROLES if f"`{code.replace('_', '.')}`" not in accounts]
    held = {code.replace("_", ".") for code in ROLES}
    of_nobody = [name for name, text in guides.items() if not held & set(re.findall(r"`([a-z.]+)`", text))]
    assert set(of_nobody) == {"README.md", "guardian.md", "menu.md", "programs.md", "student.md"}


def test_the_guide_to_the_menu_has_its_groups() -> None:
    told = re.findall("^## (.+?) · ", (PROJECT / "docs/guide/menu.md").read_text("utf-8"), re.M)
    assert told[1:] == [str(title) for title in navigation.GROUPS.values() if title]


def test_the_settings_and_accounts_that_are_handed_over_are_those_of_a_start(tmp_path: Path) -> None:
    lines = (PROJECT / "deploy/bihuan.env").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    settings = Settings.from_env(
        {name: value.strip("'") for name, value in given.items()} | {"BIHUAN_DATA": str(tmp_path)}
    )
    assert len(list(first_keys.everything(settings))) == 4
    settings.context_key_file.write_bytes(settings.secret_key_file.read_bytes())
    settings.context_key_file.chmod(0o600)
    settings.check(supervising=True)
    accounts = (PROJECT / "deploy/redis.acl").read_text("utf-8")
    for name in ("bihuan_app", "bihuan_worker", "bihuan_relay"):
        [password] = set(re.findall(rf"unix://{name}:(\w+)@", "\n".join(lines)))
        assert f"user {name} on >{password} {valkey.RULES[name]}\n" in accounts


def test_the_database_that_is_handed_over_lets_in_whom_the_embedded_one_lets_in() -> None:
    """Word for word, but for the name that the embedded one fills in."""
    embedded = inspect.getsource(PostgresServer.create_database)
    told = (PROJECT / "deploy/database.sql").read_text("utf-8")
    statements = [line.rstrip(";") for line in told.splitlines() if not line.startswith("--")]
    assert len(statements) == 4
    for statement in statements[1:]:
        assert f'"{statement.replace("database bihuan ", "database {} ")}"' in embedded


@pytest.mark.parametrize("name", ["bihuan", "bihuan-wal"])
def test_the_scripts_that_are_handed_over_are_sound(name: str) -> None:
    script = PROJECT / "deploy" / name
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["sh", "-n", str(script)], check=False).returncode == 0
    assert {"seal", "open"} <= set(backups.backup.commands)
