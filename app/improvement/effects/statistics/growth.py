"""Growth scores: what a pupil gained between two measurements (domain §7.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.core.on_demand import on_demand

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
else:
    np = on_demand("numpy")


def growth(pre: Floats, post: Floats) -> Floats:
    """VA = post − pre, both of shape (n,) on one scale; NaN where either is missing.

    Raises ValueError for uneven shapes. Source: domain §7.1.
    """
    _even(pre, post)
    return post - pre


def growth_z(pre: Floats, post: Floats, pre_county: tuple[float, float], post_county: tuple[float, float]) -> Floats:
    """VA_z = z_post − z_pre in county standard deviations, for two scales; shape (n,).

    `*_county`: mean and standard deviation of the county. Raises ValueError for a standard deviation that is not
    positive, or uneven shapes. Source: domain §7.1.
    """
    _even(pre, post)
    if pre_county[1] <= 0 or post_county[1] <= 0:
        raise ValueError("a standard deviation of the county is above 0")
    before: Floats = (pre - pre_county[0]) / pre_county[1]
    after: Floats = (post - post_county[0]) / post_county[1]
    return after - before


def _even(pre: Floats, post: Floats) -> None:
    if pre.shape != post.shape or pre.ndim != 1:
        raise ValueError("pre and post have one shape (n,)")
