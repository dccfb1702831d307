"""The demo county 清澜县, invented but real in size and shape, and the small 云溪县 beside it; its story is told by operations."""
