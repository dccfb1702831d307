"""Evaluating the effect, closing, and looking again after half a year: one function a verb."""
