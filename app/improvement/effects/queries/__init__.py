"""Reads of evaluations, closure requests, rechecks and their documents; the actor comes first."""
