"""Who tries to get at foreign rows: everybody on the embedded database, one of each kind on the other.

The rows that somebody sees are told by one table as SQL that both databases share; every test
runs on both, but on PostgreSQL not once more for a second person under the same hat.
"""

import pytest

from tests.security.foreign import ATTACKERS
from tests.support.databases import DatabaseKind

ONE_OF_EACH = frozenset({"clerk", "physician", "agency of one", "county"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the second ones."""
    dropped = [item for item in items if _is_second(item)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in set(dropped)]


def _is_second(item: pytest.Item) -> bool:
    spec = getattr(item, "callspec", None)
    if spec is None or "tests/security" not in item.path.as_posix():
        return False
    name = spec.params.get("name")
    is_postgres = spec.params.get("database_kind") == DatabaseKind.POSTGRES
    return is_postgres and name in ATTACKERS and name not in ONE_OF_EACH
