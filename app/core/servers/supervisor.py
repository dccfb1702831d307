"""Everything under one roof: servers, schema, demo county, web and workers; started, watched and ended."""

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from types import FrameType

from app.core.servers import first_keys, interrupted
from app.core.servers.children import GENTLY, Children, begin, end_children_left_behind, flask
from app.core.servers.embedded import Servers, embedded, without_note
from app.core.servers.forking import import_shared
from app.core.servers.processes import ServerRefused, end, tail, until
from app.core.servers.schema import migrate, refuse_unreachable, renew_context
from config.settings import ADDRESSES, Settings, SettingsRefused

WEB = ("gunicorn", "--config", "config/gunicorn.py")
BEHIND_THE_SCENES = {
    "worker": flask("worker", "urgent,letters,heavy"),
    "worker-urgent": flask("worker", "urgent"),
    "relay": flask("relay"),
    "sweep": flask("sweep"),
}
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """Somebody asked us to stop."""


def main() -> int:
    """Run until told to stop; the exit code of the process."""
    for number in ENDS:
        signal.signal(number, _end)
    try:
        settings = Settings.from_env(without_note())
        _run(settings)
    except Ended:
        pass
    except (ServerRefused, SettingsRefused) as refused:
        print(refused, file=sys.stderr)
        return 1
    say("闭环已停止 (stopped).")
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    for other in ENDS:
        signal.signal(other, signal.SIG_IGN)
    raise Ended


def _run(settings: Settings) -> None:
    began = time.monotonic()
    if settings.environment == "development" and find_spec("app.demo") is None:
        raise ServerRefused(
            "BIHUAN_ENV: 交付包里没有演示县，正式安装见 docs/operations.md (a delivery has no demo; see docs/operations.md)."
        )
    settings.data.mkdir(parents=True, exist_ok=True)
    with _alone(settings):
        end_children_left_behind(settings.data)
        _port_free(settings)
        _make_keys(settings)
        say("正在启动数据库与队列 (starting database and queue) …")
        with embedded(settings) as servers:
            if interrupted.begin_anew(servers):
                say("上次载入演示县中途停了，重新开始 (the demo county was not loaded to its end; it begins anew) …")
            _prepare(servers)
            if shared(servers):
                import_shared()
            with _children(servers) as children:
                children.start("web", WEB)
                _demo(servers)
                _answers(servers.settings, children)
                start_behind_the_scenes(servers.settings, children)
                _welcome(servers, time.monotonic() - began)
                _watch(servers, children)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One supervisor per data folder; its lock holds its process number."""
    with (settings.data / "supervisor.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise ServerRefused(
                f"闭环已在使用 {settings.data}，进程 {lock.read().strip()} (already running from this data folder)."
            ) from None
        lock.truncate(0)
        print(os.getpid(), file=lock, flush=True)
        yield


def _port_free(settings: Settings) -> None:
    def free() -> bool:
        with socket.socket(socket.AF_INET6 if ":" in settings.bind else socket.AF_INET) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                trial.bind((settings.bind, settings.port))
                return True
        return False

    if not until(free, 5):
        raise ServerRefused(
            f"BIHUAN_PORT: 端口 {settings.port} 已被占用，可改用 BIHUAN_PORT={settings.port + 1} (port in use)."
        )


def _make_keys(settings: Settings) -> None:
    """The keys of a first start; production brings its own, so that nobody overlooks their backup."""
    if not settings.production:
        list(first_keys.for_a_start(settings))


def _prepare(servers: Servers) -> None:
    """Schema and context secret."""
    settings = servers.settings
    if not settings.database_owner_url:
        raise ServerRefused("DATABASE_OWNER_URL: 须填写，用于升级表结构 (needed to bring the schema up to date).")
    refuse_unreachable(settings)
    migrate(settings.database_owner_url)
    renew_context(settings.database_owner_url, settings.context_key_file)
    settings.check(supervising=True)


def _environment(servers: Servers) -> dict[str, str]:
    """What the application's processes get to know: neither the owner's address nor another process's account."""
    hidden = dict.fromkeys(ADDRESSES, "")
    found = hidden | servers.settings.identity("web") | {"BIHUAN_DATA": str(servers.settings.data)}
    return dict(os.environ) | found | {"PYTHONUNBUFFERED": "1"}


def _flask(servers: Servers, *arguments: str) -> None:
    """Run one command of ours to its end; it speaks to the same terminal.

    :raises ServerRefused: when it fails.
    """
    process = begin(flask(*arguments), _environment(servers), shared(servers))
    try:
        code = process.wait()
    except BaseException:
        end(process, GENTLY)
        raise
    if code != 0:
        raise ServerRefused(f"flask {' '.join(arguments)} 失败 (failed).")


def start_behind_the_scenes(settings: Settings, children: Children) -> None:
    """Workers, sweep and relay, each signing on under its own name (security 21)."""
    for name, module in BEHIND_THE_SCENES.items():
        children.start(name, module, settings.identity("relay" if name == "relay" else "worker"))


def shared(servers: Servers) -> bool:
    """Whether the processes are parted from this one, which imports the application for all: in the demo only."""
    embedded_alone = servers.postgres is not None and servers.valkey is not None
    return servers.settings.environment == "development" and embedded_alone


@contextmanager
def _children(servers: Servers) -> Iterator[Children]:
    children = Children(servers.settings.data, _environment(servers), shared(servers))
    try:
        yield children
    finally:
        say("正在停止 (stopping) …")
        children.stop()


def _answers(settings: Settings, children: Children) -> None:
    """Wait until the web server answers."""

    def answers() -> bool:
        children.watch()
        return web_answers(settings)

    if not until(answers, 90, every=0.1):
        raise ServerRefused(f"网页服务没有响应 (the web server does not answer):\n{tail(children.logs / 'web.log')}")


def web_answers(settings: Settings) -> bool:
    """Whether the web server gives any page."""
    request = urllib.request.Request(f"http://{settings.address}/static/favicon.svg", method="HEAD")
    try:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code < 500
    except OSError:
        return False
    return True


def _demo(servers: Servers) -> None:
    """Outside production: a demo county in an empty database, and its accounts; the web server gets ready beside it."""
    if servers.settings.environment == "development":
        say("正在检查演示县，首次载入需几分钟 (demo county; the first time takes some minutes) …")
        _flask(servers, "demo", "load")


def _welcome(servers: Servers, seconds: float) -> None:
    settings = servers.settings
    if not settings.pdf:
        say("PDF 已关闭：缺少系统库，其余功能不受影响 (PDF is off, system libraries are missing; all else works).")
    if servers.postgres is not None and settings.data not in servers.postgres.folder.parents:
        say(f"数据库文件 (database files): {servers.postgres.folder}")
    say(f"数据 (data): {settings.data}    日志 (logs): {settings.data / 'logs'}")
    say(f"闭环已就绪，用时 {seconds:.1f} 秒 (ready): http://{settings.address}/    Ctrl-C 停止 (stops)")


def _watch(servers: Servers, children: Children) -> None:
    """Keep everything running until somebody asks us to stop."""
    while True:
        for server in (servers.postgres, servers.valkey):
            if server is not None and server.process.poll() is not None:
                say(f"{server.folder.name} 已重启 (restarted)")
                server.start()
        for name in children.watch():
            say(f"{name} 已重启 (restarted)，日志 (log): {children.logs / name}.log")
        time.sleep(0.5)


def say(sentence: str) -> None:
    """To the terminal, at once."""
    print(sentence, flush=True)
