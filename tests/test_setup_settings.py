"""Settings: what they default to, and which starts are refused, naming the item."""

import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from app.core.servers import first_keys
from config.settings import PROJECT, Settings, SettingsRefused

ADDRESSES = {
    "DATABASE_URL": "postgresql+psycopg://bihuan_app@db/bihuan?sslmode=verify-full",
    "REDIS_URL": "rediss://bihuan_app@queue",
}
OWN_ACCOUNTS = {
    "DATABASE_OWNER_URL": "postgresql+psycopg://bihuan_owner@db/bihuan?sslmode=verify-full",
    "DATABASE_WORKER_URL": "postgresql+psycopg://bihuan_worker@/bihuan?host=/run/postgresql",
    "REDIS_WORKER_URL": "rediss://bihuan_worker@queue",
    "DATABASE_RELAY_URL": "postgresql+psycopg://bihuan_relay@/bihuan?host=%2Frun%2Fpostgresql",
    "DATABASE_BACKUP_URL": "postgresql+psycopg://bihuan_backup@/bihuan?host=/run/postgresql",
    "REDIS_RELAY_URL": "unix://bihuan_relay:word@/run/redis/redis.sock",
}


@pytest.fixture
def production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that a real office would start with."""
    monkeypatch.delenv("FLASK_DEBUG", raising=False)
    (tmp_path / "keys").mkdir()
    for name in ("secret", "master", "context"):
        (tmp_path / "keys" / f"{name}.key").write_bytes(os.urandom(32))
        (tmp_path / "keys" / f"{name}.key").chmod(0o600)
    return Settings.from_env(
        {
            "BIHUAN_ENV": "production",
            "BIHUAN_DATA": str(tmp_path),
            "BIHUAN_PUBLIC_URL": "https://bihuan.example.cn",
            "BIHUAN_CONTENT_URL": "https://files.bihuan.example.cn",
            "BIHUAN_TLS_PROXY": "on",
            "BIHUAN_TRUSTED_PROXIES": "10.1.0.0/24",
            **ADDRESSES,
            **OWN_ACCOUNTS,
        }
    )


def items(settings: Settings) -> list[str]:
    """The variables that the refusal names."""
    with pytest.raises(SettingsRefused) as refused:
        settings.check()
    return [sentence.partition(":")[0] for sentence in refused.value.sentences]


def test_the_defaults_are_those_of_the_decisions() -> None:
    settings = Settings.from_env({})
    assert settings.data == PROJECT / ".data"
    assert (settings.environment, settings.bind, settings.port) == ("development", "127.0.0.1", 8000)
    assert (settings.idle_minutes, settings.idle_minutes_powerful, settings.session_hours, settings.max_sessions) == (
        30,
        15,
        12,
        3,
    )
    limits = (
        settings.evidence_mb,
        settings.import_mb,
        settings.import_unpacked_mb,
        settings.import_rows,
        settings.request_mb,
    )
    assert limits == (20, 50, 200, 200_000, 60)
    assert (settings.web_processes, settings.web_threads, settings.scanner, settings.locale) == (2, 8, "none", "zh")
    assert settings.steerable_clock is settings.tls_proxy is False


def test_every_setting_is_named_once_and_explained() -> None:
    names = [item.metadata["name"] for item in fields(Settings)]
    assert len(names) == len(set(names))
    assert all(item.metadata["explain"].endswith(".") for item in fields(Settings))


def test_files_follow_the_data_folder(tmp_path: Path) -> None:
    settings = Settings.from_env({"BIHUAN_DATA": str(tmp_path)})
    assert settings.master_key_file == tmp_path / "keys" / "master.key"
    assert settings.anchor_files == (tmp_path / "anchor" / "chain.txt",)


def test_every_unreadable_variable_is_named_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env(
            {"BIHUAN_PORT": "eighty", "BIHUAN_ENV": "live", "BIHUAN_TLS_PROXY": "perhaps", "BIHUAN_MAX_SESSIONS": "0"}
        )
    named = {sentence.partition(":")[0] for sentence in refused.value.sentences}
    assert named == {"BIHUAN_PORT", "BIHUAN_ENV", "BIHUAN_TLS_PROXY", "BIHUAN_MAX_SESSIONS"}


def test_a_real_office_starts(production: Settings) -> None:
    production.check()


@pytest.mark.parametrize(
    ("item", "change"),
    [
        ("BIHUAN_STEERABLE_CLOCK", {"steerable_clock": True}),
        ("BIHUAN_TLS_PROXY", {"tls_proxy": False}),
        ("BIHUAN_TRUSTED_PROXIES", {"trusted_proxies": ()}),
        ("BIHUAN_TRUSTED_PROXIES", {"trusted_proxies": ("the proxy",)}),
        ("BIHUAN_PUBLIC_URL", {"public_url": "http://bihuan.example.cn"}),
        ("BIHUAN_CONTENT_URL", {"content_url": ""}),
        ("BIHUAN_CONTENT_URL", {"content_url": "http://files.bihuan.example.cn"}),
        ("BIHUAN_CONTENT_URL", {"content_url": "https://bihuan.example.cn"}),
        ("DATABASE_URL", {"database_url": ""}),
        ("REDIS_URL", {"redis_url": ""}),
        ("BIHUAN_SECRET_KEY_FILE", {"secret_key_file": Path("/nowhere/secret.key")}),
        ("BIHUAN_MASTER_KEY_FILE", {"master_key_file": Path("/nowhere/master.key")}),
        ("BIHUAN_CONTEXT_KEY_FILE", {"context_key_file": Path("/nowhere/context.key")}),
    ],
)
def test_production_does_not_start_and_names_the_item(
    production: Settings, item: str, change: dict[str, object]
) -> None:
    assert items(replace(production, **change)) == [item]  # type: ignore[arg-type]


def test_production_does_not_start_with_debug_on(production: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert items(production) == ["FLASK_DEBUG"]


@pytest.mark.parametrize("key", [b"", b"secret", b"changeme" * 8, b"\0" * 32])
def test_production_does_not_start_with_a_key_that_is_not_random(production: Settings, key: bytes) -> None:
    production.secret_key_file.write_bytes(key)
    assert items(production) == ["BIHUAN_SECRET_KEY_FILE"]


def test_production_does_not_start_with_a_key_that_others_can_read(production: Settings) -> None:
    production.master_key_file.chmod(0o640)
    assert items(production) == ["BIHUAN_MASTER_KEY_FILE"]


@pytest.mark.parametrize("environment", ["development", "test"])
def test_beyond_loopback_a_declared_proxy_is_needed_everywhere(environment: str) -> None:
    env = {"BIHUAN_ENV": environment, "BIHUAN_BIND": "0.0.0.0", **ADDRESSES}
    assert items(Settings.from_env(env)) == ["BIHUAN_TLS_PROXY"]
    Settings.from_env({**env, "BIHUAN_TLS_PROXY": "on", "BIHUAN_TRUSTED_PROXIES": "10.1.0.7"}).check()


@pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "localhost"])
def test_loopback_needs_no_proxy(bind: str) -> None:
    Settings.from_env({"BIHUAN_BIND": bind, **ADDRESSES}).check()


@pytest.mark.parametrize(
    ("item", "setting", "open_way"),
    [
        ("DATABASE_URL", "database_url", "postgresql+psycopg://bihuan_app@db/bihuan"),
        ("DATABASE_URL", "database_url", "postgresql+psycopg://bihuan_app@db/bihuan?sslmode=require"),
        ("DATABASE_URL", "database_url", "postgresql+psycopg://bihuan_app@127.0.0.1/bihuan?sslmode=prefer"),
        ("DATABASE_OWNER_URL", "database_owner_url", "postgresql+psycopg://bihuan_owner@/bihuan?host=db"),
        ("DATABASE_WORKER_URL", "worker_database_url", "postgresql+psycopg://bihuan_worker@db/bihuan"),
        ("REDIS_URL", "redis_url", "redis://bihuan_app@queue"),
        ("REDIS_RELAY_URL", "relay_redis_url", "redis://bihuan_relay@queue"),
    ],
)
def test_security_39_production_reaches_database_and_queue_by_a_socket_or_verified_tls(
    production: Settings, item: str, setting: str, open_way: str
) -> None:
    production.check(supervising=True)
    assert items(replace(production, **{setting: open_way})) == [item]  # type: ignore[arg-type]


def test_security_39_the_gateway_speaks_tls_1_2_or_newer_only_and_nothing_without_it() -> None:
    lines = [line.strip() for line in (PROJECT / "deploy" / "nginx.conf").read_text("utf-8").splitlines()]
    said = {line.split()[0]: line.rstrip(";").split()[1:] for line in lines if line.endswith(";")}
    assert said["ssl_protocols"] == ["TLSv1.2", "TLSv1.3"]
    assert not [word for word in said["ssl_ciphers"][0].split(":") if not word.startswith("ECDHE-")]
    served = [line for line in lines if line.startswith("listen ")]
    assert [line for line in served if "ssl" not in line and "80" not in line] == []
    assert "return 301 https://$host$request_uri;" in lines
    assert said["proxy_pass"] == ["http://127.0.0.1:8000"]


@pytest.mark.parametrize(
    ("item", "setting"),
    [
        ("DATABASE_WORKER_URL", "worker_database_url"),
        ("REDIS_WORKER_URL", "worker_redis_url"),
        ("DATABASE_RELAY_URL", "relay_database_url"),
        ("REDIS_RELAY_URL", "relay_redis_url"),
        ("DATABASE_OWNER_URL", "database_owner_url"),
        ("DATABASE_BACKUP_URL", "database_backup_url"),
    ],
)
def test_security_21_no_process_of_production_shares_an_account_or_goes_without(
    production: Settings, item: str, setting: str
) -> None:
    shared = production.database_url if item.startswith("DATABASE") else production.redis_url
    for address in ("", shared):
        with pytest.raises(SettingsRefused) as refused:
            replace(production, **{setting: address}).check(supervising=True)  # type: ignore[arg-type]
        assert [sentence.partition(":")[0] for sentence in refused.value.sentences] == [item]


def test_the_keys_of_a_new_installation_are_made_once_and_a_start_takes_them(
    production: Settings, tmp_path: Path
) -> None:
    new = replace(
        production,
        **{
            f"{name}_file": tmp_path / "new" / name
            for name in ("secret_key", "master_key", "backup_key", "signing_key", "context_key")
        },
    )
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "context_key").write_bytes(os.urandom(32))
    (tmp_path / "new" / "context_key").chmod(0o600)
    assert items(new) == ["BIHUAN_SECRET_KEY_FILE", "BIHUAN_MASTER_KEY_FILE"]
    made = list(first_keys.everything(new))
    assert made == [tmp_path / "new" / name for name in ("secret_key", "master_key", "backup_key", "signing_key")]
    assert all(path.stat().st_mode & 0o077 == 0 for path in made)
    new.check()
    assert list(first_keys.everything(new)) == []


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        ({"DATABASE_URL": "", "REDIS_URL": ""}, ["DATABASE_URL", "REDIS_URL"]),
        (
            {"DATABASE_URL": "postgresql+psycopg://bihuan_app@/bihuan?host=/nowhere", "REDIS_URL": "unix:///nowhere"},
            ["DATABASE_URL"],
        ),
    ],
)
def test_a_command_that_cannot_start_says_why_in_a_sentence(
    production: Settings, addresses: dict[str, str], told: list[str]
) -> None:
    env = {"PATH": os.environ["PATH"], "BIHUAN_DATA": str(production.data), **addresses}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "verify"]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert [name for name in ("DATABASE_URL", "REDIS_URL") if f"{name}: " in done.stderr] == told
