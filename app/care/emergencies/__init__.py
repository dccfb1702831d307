"""紧急情况: an urgent alert or help at once acts whatever was agreed; where nobody had agreed it is marked here.

The mark carries the clock within which the guardian is told; the register is read by code number (security 40).
"""
