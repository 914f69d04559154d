"""A story in chapters: tests of one file in their order, none told whose beginning is missing."""

import pytest


def begin(request: pytest.FixtureRequest, told: list[str]) -> None:
    """Refuse a chapter before which another one stopped."""
    names = [item.name for item in request.session.items if item.path == request.path]
    missing = [name for name in names[: names.index(request.node.name)] if name not in told]
    if missing:
        pytest.fail(f"the story stopped at {missing[0]}")
