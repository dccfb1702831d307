"""Redis and RQ: the only place that knows them. Jobs are JSON and carry an outbox id, nothing else (security 83)."""

from __future__ import annotations

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from rq.timeouts import BaseTimeoutException

QUEUES = ("urgent", "letters", "heavy")
TIMEOUT = {"urgent": 60, "letters": 120, "heavy": 3600}

__all__ = ["QUEUES", "BaseTimeoutException", "connect", "enqueue", "work"]


def connect(url: str) -> Redis:
    """A client with short time-outs: a lost queue must not hold up case work."""
    return Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5 if "unix" in url else 10)


def enqueue(redis: Redis, queue: str, outbox_id: int) -> None:
    """Hand an outbox id to RQ; delivering it twice is harmless."""
    Queue(queue, connection=redis, serializer=JSONSerializer).enqueue_call(
        "app.core.outbox.deliver.deliver", args=(outbox_id,), timeout=TIMEOUT[queue], result_ttl=60, failure_ttl=86400
    )


def work(url: str, queues: tuple[str, ...], burst: bool = False) -> None:
    """Serve `queues` in that order until told to stop; `burst` ends when they are empty."""
    redis = Redis.from_url(url)
    Worker(
        [Queue(name, connection=redis, serializer=JSONSerializer) for name in queues],
        connection=redis,
        serializer=JSONSerializer,
    ).work(burst=burst, with_scheduler=False, logging_level="WARNING")
