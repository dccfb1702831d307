"""The web server: two processes of eight threads unless the settings say otherwise."""

import ctypes
import os

from config.memory import settle
from config.settings import Settings

_settings = Settings.from_env()

wsgi_app = "wsgi:served()"
bind = _settings.address
worker_class = "gthread"
preload_app = True
workers = _settings.web_processes
threads = _settings.web_threads
timeout = 60
graceful_timeout = 20
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
forwarded_allow_ips = ",".join(_settings.trusted_proxies) or "127.0.0.1"
control_socket_disable = True
ARENAS = 2
"""How many heaps the threads of a process share: one each would keep what every thread once needed at its busiest."""


def when_ready(server: object) -> None:
    """Before the processes part."""
    settle()


def post_fork(server: object, worker: object) -> None:
    """Let the threads share a few heaps, where the C library knows how (mallopt M_ARENA_MAX)."""
    set_option = getattr(ctypes.CDLL(None), "mallopt", None)
    if set_option is not None:
        set_option(-8, ARENAS)


worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
accesslog = None
errorlog = "-"
