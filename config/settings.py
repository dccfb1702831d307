"""Every setting of the product: its variable, its type, its default and what it is for."""

import ipaddress
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self, get_args
from urllib.parse import urlsplit

from config.safety import host, is_network, open_way, wrong_key

PROJECT = Path(__file__).resolve().parent.parent
Environment = Literal["development", "production", "test"]
Scanner = Literal["none", "clamd"]
Locale = Literal["zh", "en"]
Suite = Literal["intl", "sm"]
Level = Literal["2", "3"]


class SettingsRefused(Exception):
    """The product does not start with these settings; each sentence begins with the item that is wrong."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def _yes(value: str) -> bool:
    if value.lower() not in {"", "0", "1", "no", "yes", "off", "on", "false", "true"}:
        raise ValueError("0/1, off/on, no/yes")
    return value.lower() in {"1", "yes", "on", "true"}


def _several(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _paths(value: str) -> tuple[Path, ...]:
    return tuple(_path(part) for part in _several(value))


def _path(value: str) -> Path:
    return Path(os.path.abspath(PROJECT / Path(value).expanduser()))


def _one_of(choices: Any) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in get_args(choices):
            raise ValueError("/".join(get_args(choices)))
        return value

    return read


def _above_zero(value: str) -> int:
    if int(value) <= 0:
        raise ValueError("> 0")
    return int(value)


def variable(name: str, default: str, read: Callable[[str], Any], explain: str) -> Any:
    """One setting: environment variable, default as one would type it ({data}, {port} filled in), reader, meaning."""
    return field(metadata={"name": name, "default": default, "read": read, "explain": explain})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process, read once at its start."""

    data: Path = variable(
        "BIHUAN_DATA", ".data", _path, "Folder of everything the product keeps; relative to the project."
    )
    environment: Environment = variable(
        "BIHUAN_ENV",
        "development",
        _one_of(Environment),
        "development, production or test; production refuses to start unsafely.",
    )
    bind: str = variable(
        "BIHUAN_BIND", "127.0.0.1", str, "Address the web server listens on; beyond loopback only behind a TLS proxy."
    )
    port: int = variable("BIHUAN_PORT", "8000", _above_zero, "Port of the web server.")
    public_url: str = variable(
        "BIHUAN_PUBLIC_URL", "http://127.0.0.1:{port}", str, "Address that letters and QR codes carry."
    )

    content_url: str = variable(
        "BIHUAN_CONTENT_URL", "", str, "Another https:// host, which gives out uploaded files; production needs one."
    )

    database_url: str = variable("DATABASE_URL", "", str, "PostgreSQL as the app role; empty: the embedded server.")
    database_owner_url: str = variable(
        "DATABASE_OWNER_URL", "", str, "The same database as the owner role; migrations only."
    )
    redis_url: str = variable("REDIS_URL", "", str, "Redis or Valkey for queues; empty: the embedded server.")
    worker_database_url: str = variable(
        "DATABASE_WORKER_URL", "", str, "The same database as the role of the workers; empty: the embedded server's."
    )
    worker_redis_url: str = variable("REDIS_WORKER_URL", "", str, "The same queues as the account of the workers.")
    relay_database_url: str = variable(
        "DATABASE_RELAY_URL", "", str, "The same database as the role of the relay; empty: the embedded server's."
    )
    relay_redis_url: str = variable("REDIS_RELAY_URL", "", str, "The same queues as the account of the relay.")
    database_backup_url: str = variable("DATABASE_BACKUP_URL", "", str, "The same database as the backup role.")

    secret_key_file: Path = variable(
        "BIHUAN_SECRET_KEY_FILE", "{data}/keys/secret.key", _path, "Key that signs forms and cookies."
    )
    master_key_file: Path = variable(
        "BIHUAN_MASTER_KEY_FILE", "{data}/keys/master.key", _path, "Key that wraps the schools' keys."
    )
    suite: Suite = variable(
        "BIHUAN_SUITE", "intl", _one_of(Suite), "Algorithms of what is sealed and signed from now on: intl or sm."
    )
    signing_key_file: Path = variable(
        "BIHUAN_SIGNING_KEY_FILE", "{data}/keys/signing.pem", _path, "Key that signs the digest of the trail."
    )
    context_key_file: Path = variable(
        "BIHUAN_CONTEXT_KEY_FILE",
        "{data}/keys/context.key",
        _path,
        "Key that signs the row-level context; made anew at each start.",
    )
    storage: Path = variable(
        "BIHUAN_STORAGE", "{data}/files", _path, "Folder of uploaded and produced files, named by content."
    )
    documents: Path = variable(
        "BIHUAN_DOCUMENTS", "config/documents", _path, "Folder with the bureau's own fonts and seals."
    )
    anchor_files: tuple[Path, ...] = variable(
        "BIHUAN_ANCHORS",
        "{data}/anchor/chain.txt",
        _paths,
        "Places of the audit anchor, by comma; the second best on another host.",
    )

    backups: Path = variable("BIHUAN_BACKUPS", "{data}/backups", _path, "Folder of sealed backups; best another disk.")
    backup_key_file: Path = variable(
        "BIHUAN_BACKUP_KEY_FILE", "{data}/keys/backup.key", _path, "Key that seals backups; never beside them."
    )
    metrics_token_file: Path = variable(
        "BIHUAN_METRICS_TOKEN_FILE", "{data}/keys/metrics.token", _path, "Word that opens /metrics; no file: closed."
    )

    smtp_url: str = variable(
        "SMTP_URL", "", str, "smtp://user:password@host:25, or smtps://; empty: inbox only, no e-mail."
    )
    mail_from: str = variable("MAIL_FROM", "bihuan@localhost", str, "Sender of e-mail.")
    oidc_issuer: str = variable(
        "OIDC_ISSUER", "", str, "The bureau's own sign-in (OpenID Connect): its issuer address; empty: none."
    )
    oidc_client_id: str = variable("OIDC_CLIENT_ID", "bihuan", str, "What the sign-in service calls this product.")
    oidc_secret_file: Path = variable(
        "OIDC_SECRET_FILE", "{data}/keys/oidc.secret", _path, "File with the secret shared with the sign-in service."
    )
    oidc_title: str = variable(
        "OIDC_TITLE", "", str, "What people call the sign-in service, where 统一认证 does not name it."
    )
    webhook_hosts: tuple[str, ...] = variable(
        "BIHUAN_WEBHOOK_HOSTS",
        "",
        _several,
        "Hosts (with port), by comma, that webhooks may be sent to; none at first.",
    )
    scanner: Scanner = variable("SCANNER", "none", _one_of(Scanner), "Virus scanner of uploads: none or clamd.")
    clamd_address: str = variable("CLAMD_ADDRESS", "/run/clamav/clamd.ctl", str, "Socket, or host:port, of clamd.")
    pdf: bool = variable(
        "BIHUAN_PDF", "on", _yes, "Off where the libraries for PDF are missing; everything else works."
    )

    protection_level: Level = variable(
        "BIHUAN_PROTECTION_LEVEL", "3", _one_of(Level), "Level of 等级保护 whose controls are evidenced: 2 or 3."
    )

    tls_proxy: bool = variable("BIHUAN_TLS_PROXY", "off", _yes, "A proxy in front speaks HTTPS with the browsers.")
    trusted_proxies: tuple[str, ...] = variable(
        "BIHUAN_TRUSTED_PROXIES", "", _several, "Addresses or networks, by comma, whose X-Forwarded headers count."
    )
    web_processes: int = variable("BIHUAN_WEB_PROCESSES", "2", _above_zero, "Processes of the web server.")
    web_threads: int = variable("BIHUAN_WEB_THREADS", "8", _above_zero, "Threads in each of them.")

    idle_minutes: int = variable(
        "BIHUAN_IDLE_MINUTES", "30", _above_zero, "A session without requests ends after this."
    )
    idle_minutes_powerful: int = variable(
        "BIHUAN_IDLE_MINUTES_POWERFUL", "15", _above_zero, "The same: county, principal, admins."
    )
    session_hours: int = variable("BIHUAN_SESSION_HOURS", "12", _above_zero, "Every session ends after this.")
    max_sessions: int = variable("BIHUAN_MAX_SESSIONS", "3", _above_zero, "Sessions one account may have at once.")
    steerable_clock: bool = variable(
        "BIHUAN_STEERABLE_CLOCK", "off", _yes, "Tests and demo history may move the business clock."
    )
    locale: Locale = variable(
        "BIHUAN_LOCALE", "zh", _one_of(Locale), "Language before anybody has chosen one: zh or en."
    )

    homeroom_sees_tier: bool = variable(
        "BIHUAN_HOMEROOM_SEES_TIER",
        "on",
        _yes,
        "Class teachers may see the levels of their own class, in neutral words; off: tasks and advice only.",
    )

    reads_hour: int = variable(
        "BIHUAN_READS_HOUR",
        "60",
        _above_zero,
        "Students' pages one person of a school opens in an hour without a new code.",
    )
    reads_hour_county: int = variable(
        "BIHUAN_READS_HOUR_COUNTY", "20", _above_zero, "The same for one person of the county."
    )
    reads_hour_care: int = variable(
        "BIHUAN_READS_HOUR_CARE",
        "120",
        _above_zero,
        "Students' pages a counsellor or expert opens in an hour before it is told; they are never stopped.",
    )
    reads_day: int = variable(
        "BIHUAN_READS_DAY", "240", _above_zero, "Students' pages anybody opens in 24 hours before it is told."
    )

    evidence_mb: int = variable("BIHUAN_EVIDENCE_MB", "20", _above_zero, "Largest piece of evidence.")
    person_day_mb: int = variable(
        "BIHUAN_PERSON_DAY_MB", "1000", _above_zero, "What one person may upload in a day, all files together."
    )
    school_day_mb: int = variable(
        "BIHUAN_SCHOOL_DAY_MB", "5000", _above_zero, "What all people of one school or office may upload in a day."
    )
    import_mb: int = variable("BIHUAN_IMPORT_MB", "50", _above_zero, "Largest workbook as sent.")
    import_unpacked_mb: int = variable("BIHUAN_IMPORT_UNPACKED_MB", "200", _above_zero, "Largest workbook unpacked.")
    import_rows: int = variable("BIHUAN_IMPORT_ROWS", "200000", _above_zero, "Most rows of one import.")
    archive_members: int = variable("BIHUAN_ARCHIVE_MEMBERS", "500", _above_zero, "Most files inside one packed file.")
    request_mb: int = variable(
        "BIHUAN_REQUEST_MB", "60", _above_zero, "Largest request; more is cut before it is parsed."
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        """Read all settings from `env` (the process's own when None).

        :raises SettingsRefused: naming each variable that cannot be read.
        """
        env = os.environ if env is None else env
        known: dict[str, Any] = {}
        refused = []
        for item in fields(cls):
            name, typed = item.metadata["name"], env.get(item.metadata["name"])
            if typed is None:
                typed = _running(known["data"]).get(name, "") if name in ADDRESSES else ""
                typed = typed or item.metadata["default"].format_map({key: str(value) for key, value in known.items()})
            try:
                known[item.name] = item.metadata["read"](typed)
            except ValueError as wrong:
                refused.append(f"{name}: 无法识别的值 “{typed}” (not understood: {wrong})")
                known[item.name] = item.metadata["read"](item.metadata["default"].format_map(known))
        if refused:
            raise SettingsRefused(refused)
        return cls(**known)

    @property
    def production(self) -> bool:
        """True where real persons' data are kept."""
        return self.environment == "production"

    @property
    def loopback(self) -> bool:
        """True when only this machine can reach the web server directly."""
        return self.bind == "localhost" or ipaddress.ip_address(self.bind).is_loopback

    @property
    def address(self) -> str:
        """Host and port of the web server as addresses write them."""
        return f"[{self.bind}]:{self.port}" if ":" in self.bind else f"{self.bind}:{self.port}"

    def secret_key(self) -> bytes:
        """The key that signs forms and cookies."""
        return self.secret_key_file.read_bytes()

    def oidc_secret(self) -> str:
        """The secret shared with the bureau's sign-in service."""
        return self.oidc_secret_file.read_text("utf-8").strip()

    def identity(self, who: str) -> dict[str, str]:
        """The addresses with which a process of ours signs on: `web`, `worker` or `relay`, each with its own account."""
        own = {
            "worker": (self.worker_database_url, self.worker_redis_url),
            "relay": (self.relay_database_url, self.relay_redis_url),
        }
        database, queue = own.get(who, ("", ""))
        return {"DATABASE_URL": database or self.database_url, "REDIS_URL": queue or self.redis_url}

    def check(self, supervising: bool = False) -> None:
        """Refuse an unsafe or incomplete start; `supervising`: as the process that starts all others and knows every account.

        :raises SettingsRefused: with one sentence per item.
        """
        sentences = self._wrong_anywhere() + (self._wrong_in_production() if self.production else [])
        sentences += self._shared_identities() if supervising and self.production else []
        if sentences:
            raise SettingsRefused(sentences)

    def _wrong_anywhere(self) -> list[str]:
        wrong = []
        if not self.database_url:
            wrong.append(
                "DATABASE_URL: 数据库没有运行，请先执行 make demo 或填写此项 (no database runs; start it or set this)."
            )
        if not self.redis_url:
            wrong.append(
                "REDIS_URL: 队列服务没有运行，请先执行 make demo 或填写此项 (no queue runs; start it or set this)."
            )
        if not self.loopback and not self.tls_proxy:
            wrong.append(
                "BIHUAN_TLS_PROXY: 监听非本机地址须声明 HTTPS 代理 (beyond loopback a declared TLS proxy is needed)."
            )
        if self.tls_proxy and not self.trusted_proxies:
            wrong.append(
                "BIHUAN_TRUSTED_PROXIES: 已声明 HTTPS 代理，须写明其地址 (name the addresses of the TLS proxy)."
            )
        if self.oidc_issuer and not self.oidc_secret_file.is_file():
            wrong.append(
                f"OIDC_SECRET_FILE: 统一认证的密钥文件 {self.oidc_secret_file} 不存在 (this secret file does not exist)."
            )
        for proxy in self.trusted_proxies:
            if not is_network(proxy):
                wrong.append(f"BIHUAN_TRUSTED_PROXIES: “{proxy}” 不是地址或网段 (is neither an address nor a network).")
        return wrong

    def _shared_identities(self) -> list[str]:
        """Web, workers, relay and owner sign on to database and queue each under a name of its own (security 21)."""
        wrong, seen = [], dict[tuple[str, str], str]()
        for name, setting in ADDRESSES.items():
            account = urlsplit(getattr(self, setting)).username or ""
            before = seen.setdefault((name.partition("_")[0], account), name)
            if before != name or not account:
                wrong.append(f"{name}: 须用自己的账号，不与他人共用 (needs an account of its own).")
        return wrong

    def _wrong_in_production(self) -> list[str]:
        wrong = []
        if self.steerable_clock:
            wrong.append("BIHUAN_STEERABLE_CLOCK: 正式环境不允许拨动时钟 (the clock cannot be steered in production).")
        if not self.tls_proxy:
            wrong.append("BIHUAN_TLS_PROXY: 正式环境必须经 HTTPS 代理访问 (production runs behind a TLS proxy only).")
        if not self.public_url.startswith("https://"):
            wrong.append("BIHUAN_PUBLIC_URL: 须以 https:// 开头 (must begin with https://).")
        if not self.content_url.startswith("https://") or host(self.content_url) == host(self.public_url):
            wrong.append(
                "BIHUAN_CONTENT_URL: 上传的文件须从另一个 https:// 主机名给出 (uploads need an https:// host of their own)."
            )
        if _yes(os.environ.get("FLASK_DEBUG", "")):
            wrong.append("FLASK_DEBUG: 正式环境必须关闭调试 (debug must be off).")
        if self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            wrong.append("OIDC_ISSUER: 须以 https:// 开头 (must begin with https://).")
        wrong += [sentence for name in ADDRESSES for sentence in open_way(name, getattr(self, ADDRESSES[name]))]
        wrong += wrong_key("BIHUAN_SECRET_KEY_FILE", self.secret_key_file)
        wrong += wrong_key("BIHUAN_MASTER_KEY_FILE", self.master_key_file)
        wrong += wrong_key("BIHUAN_CONTEXT_KEY_FILE", self.context_key_file)
        return wrong


ADDRESSES = {
    "DATABASE_URL": "database_url",
    "DATABASE_OWNER_URL": "database_owner_url",
    "REDIS_URL": "redis_url",
    "DATABASE_WORKER_URL": "worker_database_url",
    "REDIS_WORKER_URL": "worker_redis_url",
    "DATABASE_RELAY_URL": "relay_database_url",
    "REDIS_RELAY_URL": "relay_redis_url",
    "DATABASE_BACKUP_URL": "database_backup_url",
}
"""Variables that hold the address of a server, and the setting each becomes."""


def addresses_file(data: Path) -> Path:
    """Where the supervisor notes the addresses of the embedded servers while they run."""
    return data / "servers.json"


def _running(data: Path) -> dict[str, str]:
    try:
        noted: dict[str, str] = json.loads(addresses_file(data).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return noted
