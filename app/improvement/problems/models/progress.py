"""What the city and the province see of a county's problem items: weekly counts, small ones left out (decision 54)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import UniqueConstraint

from app.core.database import Base, Mapped, Record, Scoped, String, mapped_column


class ProgressCount(Base, Record, Scoped):
    """One published number of one week: how many items stood in a state, or in all the states that are too small to show.

    The row holds what may be known and nothing else, so everybody in the county may read it.
    """

    __tablename__ = "progress_counts"
    __protection__ = "county"
    __table_args__ = (UniqueConstraint("county_id", "taken_on", "part"),)

    taken_on: Mapped[date]
    """The Monday of the week."""
    part: Mapped[str] = mapped_column(String(20))
    """Code of a state of the problem item, or `rest` for the small ones together."""
    n: Mapped[int | None]
    """None: fewer than are shown at all."""
