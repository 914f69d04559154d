"""Reads: each takes a session and keyword arguments and returns rows."""
