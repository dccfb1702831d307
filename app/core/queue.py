"""Redis and RQ: the only place that knows them. Jobs are JSON and carry an outbox id, nothing else (security 83)."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseTimeoutException

from app.core import logs, on_demand
from app.core.servers.processes import end_with_parent

QUEUES = ("urgent", "letters", "heavy")
PAUSES = (1.0, 30.0)
"""Seconds until a lost queue is looked for again: first, and at most; each pause is twice as long as the one before."""
TIMEOUT = {"urgent": 60, "letters": 120, "heavy": 3600}

__all__ = ["QUEUES", "BaseTimeoutException", "connect", "enqueue", "waiting", "work"]
JOB = "outbox-"
"""How a job is named, before the id of its row."""

log = logs.get(__name__)


def connect(url: str) -> Redis:
    """A client with short time-outs: a lost queue must not hold up case work."""
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5 if "unix" in url else 10)


def enqueue(redis: Redis, queue: str, outbox_id: int) -> None:
    """Hand an outbox id to RQ; delivering it twice is harmless."""
    Queue(queue, connection=redis, serializer=JSONSerializer).enqueue_call(
        "app.core.outbox.deliver.deliver", args=(outbox_id,), job_id=f"{JOB}{outbox_id}", timeout=TIMEOUT[queue],
        result_ttl=60, failure_ttl=86400,
    )  # fmt: skip


def waiting(redis: Redis, queue: str) -> set[int]:
    """The outbox ids that stand in a queue and that no worker has taken yet."""
    names = Queue(queue, connection=redis, serializer=JSONSerializer).get_job_ids()
    return {int(name.removeprefix(JOB)) for name in names if name.removeprefix(JOB).isdecimal()}


class TiedWorker(Worker):
    """A worker whose children end with it: a job handed over again has no orphan beside it (security 63)."""

    told_to_end = False

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """What rq runs in the child."""
        end_with_parent(int(self.pid or 0), signal.SIGKILL)
        super().main_work_horse(job, queue)

    def handle_warm_shutdown_request(self) -> None:
        """Somebody asked it to end, so it did not end for want of a queue."""
        self.told_to_end = True
        super().handle_warm_shutdown_request()  # type: ignore[no-untyped-call]

    def teardown(self) -> None:
        """Take leave of the queue; where that is gone, nothing of this worker goes on beside the next one."""
        try:
            super().teardown()  # type: ignore[no-untyped-call]
        except RedisError:
            if self.horse_pid:
                self.kill_horse()
                self.wait_for_horse()
            if self.pubsub_thread:
                self.pubsub_thread.stop()


def work(url: str, queues: tuple[str, ...], burst: bool = False) -> None:
    """Serve `queues` in that order until told to stop; `burst` ends when they are empty.

    A queue that is gone is waited for: what was posted meanwhile stands in the outbox and is handed over afterwards.
    """
    on_demand.import_all()
    if burst:
        _worker(url, queues).work(burst=True, with_scheduler=False, logging_level="WARNING")
        return
    while True:
        _until_it_answers(url)
        told_to_end = False
        with suppress(RedisError):
            worker = _worker(url, queues)
            worker.work(with_scheduler=False, logging_level="WARNING")
            told_to_end = worker.told_to_end
        if told_to_end or not _trouble(url):
            return
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _worker(url: str, queues: tuple[str, ...]) -> TiedWorker:
    redis = Redis.from_url(url)
    served = [Queue(name, connection=redis, serializer=JSONSerializer) for name in queues]
    return TiedWorker(served, connection=redis, serializer=JSONSerializer)


def _until_it_answers(url: str) -> None:
    pause, longest = PAUSES
    while trouble := _trouble(url):
        log.warning("queue_unreachable", error=trouble, seconds=pause)
        time.sleep(pause)
        pause = min(2 * pause, longest)


def _trouble(url: str) -> str:
    """Why the queue does not answer, by the name of the fault: a wrong password is told apart; "" when it does."""
    try:
        with connect(url) as redis:
            redis.ping()
    except RedisError as error:
        return type(error).__name__
    return ""
