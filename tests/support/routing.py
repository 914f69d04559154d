"""Addresses of the application, compiled once a process: every test has an application of its own.

A rule of the router is turned into code that writes its addresses. The code depends on the rule's
words alone, so that equal rules of many applications may share it.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing.rules import Rule

_KEPT: dict[Any, Callable[..., tuple[str, str]]] = {}
_compile = Rule._compile_builder


def _kept(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    converters = tuple((name, type(one)) for name, one in sorted(self._converters.items()))
    defaults = tuple(sorted((self.defaults or {}).items()))
    key = (self.rule, self.subdomain, self.host, defaults, converters, append_unknown)
    if key not in _KEPT:
        _KEPT[key] = _compile(self, append_unknown)
    return _KEPT[key]


def keep_compiled_rules() -> None:
    """Let applications of this process share the code of equal rules; a second call changes nothing."""
    setattr(Rule, "_compile_builder", _kept)  # noqa: B010 - the library's types allow no assignment
