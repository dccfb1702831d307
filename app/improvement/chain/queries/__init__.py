"""Reads of the evidence chain: which records an actor sees, which items rest on one, and the chain itself."""

from app.improvement.chain.queries.reach import items_of, record_for
from app.improvement.chain.queries.trace import trace, traced

__all__ = ["items_of", "record_for", "trace", "traced"]
