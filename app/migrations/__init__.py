"""Alembic migrations; the only thing that makes or changes tables."""
