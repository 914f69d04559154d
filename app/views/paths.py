"""Addresses of our pages, built once: a list asks for the same pattern for every row."""

from flask import current_app, request, url_for

_API = "/api"


def is_api() -> bool:
    """Say whether the request is a program's: no session, no pages, problems instead."""
    return request.path == _API or request.path.startswith(f"{_API}/")


def to(endpoint: str, *, pk: int | None = None, **values: str) -> str:
    """Give a page's path; as url_for, for endpoints whose values are words and one ``pk``."""
    known = current_app.extensions.setdefault("dingkao_paths", {})
    key = (request.script_root, endpoint, *sorted(values.items()))
    pattern = known.get(key)
    if pattern is None:
        if pk is None:
            pattern = url_for(endpoint, **values)  # type: ignore[arg-type]  # words of the rule
        else:
            marked = url_for(endpoint, pk=987654321, **values)  # type: ignore[arg-type]  # as above
            pattern = marked.replace("987654321", "{pk}")
        known[key] = pattern
    return pattern if pk is None else pattern.replace("{pk}", str(pk))


def own_path(target: str | None, default: str = "/") -> str:
    """Give ``target`` if it is a path of this site, else the default; never another host."""
    if not target or not target.startswith("/") or target[1:2] in ("/", "\\"):
        return default
    return default if any(ord(char) < 32 for char in target) or "\\" in target else target


def came_from(default: str) -> str:
    """Give the page of this site that a form was sent from, else the default."""
    here = request.form.get("back") or ""
    if here:
        return own_path(here)
    referrer, root = request.referrer or "", request.host_url
    return own_path("/" + referrer.removeprefix(root)) if referrer.startswith(root) else default
