"""Redis and RQ: the only place that knows them. Jobs are JSON and carry an outbox id, nothing else (security 83)."""

from __future__ import annotations

import signal

from redis import Redis
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseTimeoutException

from app.core import on_demand
from app.core.servers.processes import end_with_parent

QUEUES = ("urgent", "letters", "heavy")
TIMEOUT = {"urgent": 60, "letters": 120, "heavy": 3600}

__all__ = ["QUEUES", "BaseTimeoutException", "connect", "enqueue", "waiting", "work"]
JOB = "outbox-"
"""How a job is named, before the id of its row."""


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

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """What rq runs in the child."""
        end_with_parent(int(self.pid or 0), signal.SIGKILL)
        super().main_work_horse(job, queue)


def work(url: str, queues: tuple[str, ...], burst: bool = False) -> None:
    """Serve `queues` in that order until told to stop; `burst` ends when they are empty."""
    on_demand.import_all()
    redis = Redis.from_url(url)
    TiedWorker(
        [Queue(name, connection=redis, serializer=JSONSerializer) for name in queues],
        connection=redis,
        serializer=JSONSerializer,
    ).work(burst=burst, with_scheduler=False, logging_level="WARNING")
