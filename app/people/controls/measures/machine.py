"""Measures of the machine and the settings: ways in and out, headers, bounds, scanner, scans, backups, disk."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.core import backups, sound_start
from app.core.storage import Clamd
from app.core.storage.scanner import ScannerAway
from app.core.web.headers import HEADERS, POLICY
from app.people.controls.register import Found, Look, judged, measures
from config.safety import host, open_way, wrong_key
from config.settings import ADDRESSES, PROJECT

SCANNED = PROJECT / ".venv-scan" / "verdicts.json"
PINS = PROJECT / "requirements.txt"
DEVICES = Path("/sys/dev/block")
HARMLESS = b"nothing"


@measures("browser_way")
def browser_way(look: Look) -> Found:
    """The proxy that speaks TLS, the addresses people get, and the header that keeps browsers on it."""
    given, strict = look.settings, "Strict-Transport-Security" in HEADERS
    apart = given.content_url.startswith("https://") and host(given.content_url) != host(given.public_url)
    holds = given.tls_proxy and given.public_url.startswith("https://") and strict
    return judged(
        holds,
        f"HTTPS 代理：{'已声明' if given.tls_proxy else '没有'}；对外地址用 https：{_yes(given.public_url.startswith('https://'))}；"
        f"HSTS：{_yes(strict)}；上传的文件用另一个主机名：{_yes(apart)}",
        f"TLS proxy: {'declared' if given.tls_proxy else 'none'}; public address with https:"
        f" {_y(given.public_url.startswith('https://'))}; HSTS: {_y(strict)}; uploads on another host: {_y(apart)}",
    )


def _yes(holds: bool) -> str:
    return "是" if holds else "否"


def _y(holds: bool) -> str:
    return "yes" if holds else "no"


@measures("server_ways")
def server_ways(look: Look) -> Found:
    """Addresses of database and queue that are neither encrypted nor a socket of this machine."""
    used = {name: getattr(look.settings, field) for name, field in ADDRESSES.items() if getattr(look.settings, field)}
    unsafe = [name for name, address in used.items() if open_way(name, address)]
    names = "、".join(unsafe) or "无"
    return judged(
        bool(used) and not unsafe,
        f"用到的连接 {len(used)} 个，没有加密也不是本机套接字的：{names}",
        f"Ways in use: {len(used)}, neither encrypted nor a socket: {', '.join(unsafe) or 'none'}",
    )


@measures("sound_start")
def production(look: Look) -> Found:
    """What a start in production would be refused for, asked now."""
    wrong = sound_start.found()
    on = look.settings.production
    return judged(
        on and not wrong,
        f"环境：{look.settings.environment}；启动检查不通过的 {len(wrong)} 项",
        f"Environment: {look.settings.environment}; items that a start would be refused for: {len(wrong)}",
    )


@measures("headers")
def headers(look: Look) -> Found:
    """The headers that are put on every answer."""
    strict = POLICY.startswith("default-src 'none'") and "unsafe" not in POLICY
    return judged(
        strict and len(HEADERS) >= 8,
        f"每个回答带 {len(HEADERS)} 个安全头；内容策略默认全禁、不许内联脚本：{_yes(strict)}",
        f"Headers on every answer: {len(HEADERS)}; the content policy forbids all by default, nothing inline: {_y(strict)}",
    )


@measures("sizes")
def sizes(look: Look) -> Found:
    """The bounds in force."""
    given = look.settings
    return judged(
        given.request_mb <= 200 and given.archive_members <= 500,
        f"请求 {given.request_mb} MB、佐证 {given.evidence_mb} MB、导入 {given.import_mb} MB"
        f"（展开 {given.import_unpacked_mb} MB）、压缩包 {given.archive_members} 个文件",
        f"Request {given.request_mb} MB, evidence {given.evidence_mb} MB, import {given.import_mb} MB"
        f" ({given.import_unpacked_mb} MB unpacked), files in a packed file: {given.archive_members}",
    )


@measures("known_holes")
def known_holes(look: Look) -> Found:
    """What the last scan of the code and its packages said (make scan)."""
    told = _told(SCANNED)
    if told is None:
        return judged(None, "这台机器上没有扫描结果，请在构建机上看 make scan", "No scan was run here: see make scan")
    at, verdicts = datetime.fromisoformat(told["at"]), told["verdicts"]
    sound, asked = sum(one["sound"] for one in verdicts), sum(one["asked"] for one in verdicts)
    late = look.older(at, days=look.limits["scan_days"])
    return judged(
        False if late or sound < len(verdicts) else None if asked < len(verdicts) else True,
        f"{at:%Y-%m-%d} 扫描 {len(verdicts)} 种，没有发现的 {sound} 种，连不上漏洞库没有问到的 {len(verdicts) - asked} 种",
        f"Scanned {at:%Y-%m-%d}, kinds: {len(verdicts)}, sound: {sound}, not asked for want of the list:"
        f" {len(verdicts) - asked}",
    )


def _told(file: Path) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    told: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return told


@measures("bill")
def bill(look: Look) -> Found:
    """Packages of the pinned list, and those without a digest."""
    parts = [part for part in PINS.read_text("utf-8").split("\n") if part and not part.startswith((" ", "#"))]
    bare = sum("==" not in part for part in parts)
    digests = PINS.read_text("utf-8").count("--hash=sha256:")
    return judged(
        bool(parts) and not bare and digests >= len(parts),
        f"锁定的包 {len(parts)} 个，没有锁定版本的 {bare} 个，校验值 {digests} 个；清单由 bin/scan.py --bill 生成",
        f"Pinned packages: {len(parts)}, without a version: {bare}, digests: {digests}; bin/scan.py --bill writes the bill",
    )


@measures("scanner")
def scanner(look: Look) -> Found:
    """Whether the scanner answers to something harmless, now."""
    if look.settings.scanner == "none":
        return judged(
            False, "没有杀毒服务；只做格式检查和重新编码", "No scanner; files are checked by form and drawn anew"
        )
    try:
        answers = Clamd(look.settings.clamd_address, seconds=5).passes(HARMLESS)
    except ScannerAway:
        answers = False
    return judged(answers, f"clamd 有回应：{_yes(answers)}", f"clamd answers: {_y(answers)}")


@measures("trusted_boot")
def trusted_boot(look: Look) -> Found:
    """A matter of the machine below."""
    return judged(
        None,
        "由机房的服务器保证，程序里看不到；请出示服务器的启动验证设置",
        "A matter of the server below, not seen from the program; show its settings",
    )


@measures("master_key")
def master_key(look: Look) -> Found:
    """The file of the master key: of its own, for its owner alone, random."""
    wrong = len(wrong_key("BIHUAN_MASTER_KEY_FILE", look.settings.master_key_file))
    return judged(
        not wrong,
        f"主密钥是单独的文件，只有属主可读、内容随机：{_yes(not wrong)}",
        f"A file of its own, for its owner alone, random: {_y(not wrong)}",
    )


@measures("disk")
def disk(look: Look) -> Found:
    """Whether the data folder lies on an encrypted device, where that can be seen."""
    number = look.settings.data.stat().st_dev
    if not (DEVICES / f"{os.major(number)}:{os.minor(number)}").exists():
        return judged(
            None, "这里看不到数据所在的磁盘，请出示磁盘加密设置", "The disk below cannot be seen; show its encryption"
        )
    on = backups.disk_is_sealed(look.settings.data)
    return judged(on, f"数据磁盘加密：{_yes(on)}", f"The data disk is encrypted: {_y(on)}")


@measures("backed_up")
def backed_up(look: Look) -> Found:
    """The newest sealed backup."""
    at = backups.newest(look.settings.backups)
    return judged(
        not look.older(at, hours=look.limits["backup_hours"]),
        f"最近一份备份 {_at(at)}；应不超过 {look.limits['backup_hours']} 小时",
        f"Newest backup: {_at(at)}; at most {look.limits['backup_hours']} h old",
    )


@measures("restored")
def restored(look: Look) -> Found:
    """When a backup was last opened from its first block to its last."""
    at = backups.last_opened(look.settings.backups)
    return judged(
        not look.older(at, days=look.limits["restored_days"]),
        f"最近一次把备份完整打开 {_at(at)}；应不超过 {look.limits['restored_days']} 天",
        f"A backup was last opened whole: {_at(at)}; days allowed: {look.limits['restored_days']}",
    )


@measures("backup_place")
def backup_place(look: Look) -> Found:
    """Whether backups lie on another device than the data."""
    folder = look.settings.backups
    if not folder.is_dir():
        return judged(False, "还没有备份目录", "There is no folder of backups yet")
    other = folder.stat().st_dev != look.settings.data.stat().st_dev
    return judged(other, f"备份与数据在不同的设备上：{_yes(other)}", f"Backups lie on another device: {_y(other)}")


def _at(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else "—"
