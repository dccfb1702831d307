"""The whole product under its supervisor, in processes of its own, as a machine of a bureau runs it."""

import os
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

from app.core.servers.processes import started_at
from config.settings import PROJECT


class Product:
    """The product as `make demo` starts it, without the demo county, on a port and data folder of its own."""

    def __init__(self, data: Path, **own: str) -> None:
        self.data = data
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        left_out = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE"}
        self.env = {name: value for name, value in os.environ.items() if name not in left_out}
        self.env |= {
            "BIHUAN_ENV": "test",
            "BIHUAN_DATA": str(data),
            "BIHUAN_PORT": str(self.port),
            "BIHUAN_WEB_PROCESSES": "1",
            **own,
        }
        self.process = self.start()

    def start(self) -> subprocess.Popen[str]:
        """One more start on the same data."""
        command = [sys.executable, "-m", "app.core.servers"]
        return subprocess.Popen(
            command, cwd=PROJECT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def ready(self) -> str:
        """Wait for the line that says so; everything said until then."""
        said = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said += line
            if "ready" in line:
                return said
        raise AssertionError(said)

    def children(self) -> dict[int, str]:
        """Process numbers of everything it started, with when each began."""
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return {int(pid): str(started_at(int(pid))) for pid in task.read_text().split()}

    def status(self) -> int:
        """What the front door answers, redirects followed."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=20) as answer:
            return int(answer.status)
