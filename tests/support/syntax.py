"""Reading Python source as a tree: what the structure tests share."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Module:
    """One parsed file, its place below the root, and what its imported names stand for."""

    path: str
    tree: ast.Module
    imported: dict[str, str]

    @property
    def nodes(self) -> Iterator[ast.AST]:
        """Every node of the file."""
        return ast.walk(self.tree)

    def qualified(self, node: ast.AST) -> str:
        """The dotted name a Name or Attribute stands for, imports resolved; '' for all else.

        ``from datetime import datetime as D`` makes ``D.now`` read ``datetime.datetime.now``.
        """
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.qualified(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""


Rule = Callable[[Module], Iterator[tuple[int, str]]]


def modules(root: Path, *folders: str) -> list[Module]:
    """Parse every Python file below the folders of root, in a stable order."""
    files = sorted(file for folder in folders for file in (root / folder).rglob("*.py"))
    return [_parse(root, file) for file in files]


def violations(found: Iterable[Module], *, rule: Rule) -> list[str]:
    """Apply the rule and return its complaints as ``path:line: reason``."""
    return [f"{module.path}:{line}: {reason}" for module in found for line, reason in rule(module)]


def within(module: Module, *places: str) -> bool:
    """Does the file lie in one of the places (a folder, or a file by its name)?"""
    return any(module.path == place or module.path.startswith(f"{place}/") for place in places)


def called_name(call: ast.Call) -> str:
    """The last word of what is called: ``session.commit()`` is ``commit``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _parse(root: Path, file: Path) -> Module:
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    return Module(path=file.relative_to(root).as_posix(), tree=tree, imported=_imported(tree))


def _imported(tree: ast.Module) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names
