"""What is unsafe about an address, a network or a key file that production is told to use."""

import ipaddress
import stat
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

VERIFIED = ("verify-ca", "verify-full")


def open_way(name: str, address: str) -> list[str]:
    """What is wrong with the way to a server: over a network it is TLS with a verified certificate, else a socket (security 39)."""
    parts = urlsplit(address)
    asked = parse_qs(parts.query)
    if parts.scheme in ("", "unix", "rediss") or asked.get("host", [""])[0].startswith("/"):
        return []
    if parts.scheme.startswith("postgresql") and asked.get("sslmode", [""])[0] in VERIFIED:
        return []
    if parts.scheme.startswith("postgresql"):
        return [
            f"{name}: 数据库连接须用 sslmode=verify-full 或本机套接字 (needs sslmode=verify-full, or a unix socket)."
        ]
    return [f"{name}: 队列连接须用 rediss:// 或 unix:// (needs rediss://, or a unix socket)."]


def host(address: str) -> str:
    """The host of an address, in lower case; empty where there is none."""
    return (urlsplit(address).hostname or "").lower()


def is_network(text: str) -> bool:
    """Whether this is an IP address or network."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def wrong_key(name: str, path: Path) -> list[str]:
    """What is wrong with a key file: missing, readable by others, too short, or nothing but one repeated byte."""
    try:
        status = path.stat()
        key = path.read_bytes()
    except FileNotFoundError:
        return [f"{name}: 密钥文件 {path} 不存在 (this key file does not exist)."]
    except PermissionError:
        return [f"{name}: 密钥文件 {path} 不可读 (this key file cannot be read)."]
    if stat.S_IMODE(status.st_mode) & 0o077:
        return [f"{name}: 密钥文件 {path} 对其他用户可见，请改为 0600 (others can read this key file; make it 0600)."]
    if len(key) < 32 or len(set(key)) < 8:
        return [f"{name}: 密钥文件 {path} 不是随机密钥 (this file holds no random key of 32 bytes or more)."]
    return []
