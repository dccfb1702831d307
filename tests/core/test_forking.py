"""A process parted from another one: it is what a process begun anew would be, and ends with its parent all the same."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from app.core.servers.processes import started_at, until
from config.settings import PROJECT

STARTER = """
import json, os, sys, time
from pathlib import Path
from app.core.servers.forking import fork
kept = open({kept!r}, "w")
with open({log!r}, "ab") as log:
    child = fork({module!r}, cwd=Path({folder!r}), env={{"ONLY": "this", "PATH": "/usr/bin"}}, log=log)
print(child.pid, flush=True)
{after}
"""
TELLS = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "environment": dict(os.environ), "here": os.getcwd(), "main": __name__,
    "leads": os.getsid(0) == os.getpid(), "files": sorted(int(n) for n in os.listdir("/proc/self/fd"))}))
raise SystemExit(7)
"""
WAITS = "import time\ntime.sleep(60)\n"


def started(folder: Path, program: str, after: str) -> subprocess.Popen[str]:
    """A process that parts a child from itself, which runs `program`."""
    (folder / "told.py").write_text(program)
    text = STARTER.format(
        kept=str(folder / "kept"),
        log=str(folder / "log"),
        module=("told", "one", "two"),
        folder=str(folder),
        after=after,
    )
    env = os.environ | {"PYTHONPATH": f"{PROJECT}:{folder}"}
    return subprocess.Popen([sys.executable, "-c", text], stdout=subprocess.PIPE, text=True, env=env)


def test_the_child_knows_its_own_environment_and_holds_none_of_its_parents_files(tmp_path: Path) -> None:
    with started(tmp_path, TELLS, "print(child.wait(10))") as process:
        assert process.communicate(timeout=30)[0].split()[1:] == ["7"]
    told = json.loads((tmp_path / "log").read_text())
    assert told["arguments"] == ["one", "two"]
    assert told["environment"] == {"ONLY": "this", "PATH": "/usr/bin"}
    assert told["here"] == str(tmp_path) and told["main"] == "__main__" and told["leads"]
    assert len(told["files"]) == 4, f"0, 1, 2 and the folder that was listed: {told['files']}"


def test_the_child_of_a_killed_parent_ends(tmp_path: Path) -> None:
    with started(tmp_path, WAITS, "time.sleep(60)") as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        assert started_at(child) is not None
        process.kill()
    assert until(lambda: started_at(child) is None, 5)


def test_a_child_that_is_asked_to_stop_stops(tmp_path: Path) -> None:
    after = "child.send_signal(15)\nprint(child.wait(10))"
    with started(tmp_path, WAITS, after) as process:
        assert process.communicate(timeout=30)[0].split()[1:] == [str(-signal.SIGTERM)]


def test_what_goes_wrong_in_a_child_is_in_its_log_and_in_its_code(tmp_path: Path) -> None:
    with started(tmp_path, "raise ValueError('so it is')", "print(child.wait(10))") as process:
        assert process.communicate(timeout=30)[0].split()[1:] == ["1"]
    assert "ValueError: so it is" in (tmp_path / "log").read_text()


FALLS = """
from pathlib import Path
from app.core.servers.children import Children
from app.core.servers.processes import until
import os, sys
children = Children(Path({folder!r}), dict(os.environ), shared=True)
children.start("clock", ("told",))
(child,) = children.all
first = child.process.pid
before = children.watch()
assert until(lambda: Path(f"/proc/{{first}}/comm").read_text() == "clock\\n", 5)
child.process.kill()
again = until(lambda: children.watch() == ["clock"], 5)
print(before, again, first != child.process.pid)
children.stop()
print(child.process.poll())
"""


def test_a_shared_child_that_fell_is_parted_again_and_stopped_with_the_others(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text(WAITS)
    env = os.environ | {"PYTHONPATH": f"{PROJECT}:{tmp_path}"}
    program = FALLS.format(folder=str(tmp_path))
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env, timeout=60)
    assert said.stdout.split("\n")[:2] == ["[] True True", str(-signal.SIGTERM)], said.stderr


LOOKS_FOR_RUBBISH = """
import gc
from config.memory import YOUNG, settle
settle()
found = []
gc.callbacks.append(lambda phase, told: found.append(phase))
kept = [[] for _ in range(YOUNG // 2)]
few = len(found)
kept += [[] for _ in range(YOUNG)]
print(gc.get_freeze_count() > 1000, few, len(found) > 0)
"""


def test_a_web_process_looks_for_rubbish_seldom_and_never_among_what_was_loaded() -> None:
    told = subprocess.run([sys.executable, "-c", LOOKS_FOR_RUBBISH], cwd=PROJECT, capture_output=True, text=True)
    assert told.stdout.split() == ["True", "0", "True"], told.stderr
