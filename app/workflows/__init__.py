"""Statuses move here and nowhere else: one engine, one declaration per axis."""
