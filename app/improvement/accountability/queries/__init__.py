"""Reads of accountability: records by those whom they concern or who answer for them, circulars by the county."""
