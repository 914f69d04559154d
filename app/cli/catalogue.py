"""The message catalogue: extracted from code and templates, complete in English.

Our msgids are the manual's Chinese words, so zh needs no catalogue; en holds every word of ours.
The frameworks' own words that our pages show (WTForms' messages) come translated with them.
"""

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

KEYWORDS = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def collected(root: Path) -> Catalog:
    """Give every word that code and templates show."""
    found = Catalog(charset="utf-8")
    options = {"**/templates/**.html": {"extensions": "jinja2.ext.do"}}
    for filename, lineno, message, _comments, _context in extract_from_dir(
        str(root / "app"), METHODS, options, KEYWORDS
    ):
        found.add(message, None, [(filename, lineno)])
    return found


def _path(root: Path, language: str) -> Path:
    return root / "translations" / language / "LC_MESSAGES" / "messages.po"


def _read(root: Path, language: str) -> Catalog:
    path = _path(root, language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(root: Path) -> None:
    """Add new words to the English catalogue, drop those that are gone, sort by msgid."""
    found = collected(root)
    known = _read(root, "en")
    fresh = Catalog(locale="en", charset="utf-8", project="dingkao", version="0.1.0")
    for message in found:
        if not message.id:
            continue
        before = known.get(message.id)
        fresh.add(message.id, before.string if before else None)
    _write(root, "en", fresh)


def _write(root: Path, language: str, catalogue: Catalog) -> None:
    path = _path(root, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.fuzzy = False  # a catalogue marked so as a whole would not be compiled
    catalogue.creation_date = catalogue.revision_date = datetime(2024, 5, 10, tzinfo=UTC)
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True, omit_header=False, no_location=True)


def fill(root: Path, words: dict[str, str]) -> int:
    """Put translations into the English catalogue; return how many were missing before."""
    update(root)
    catalogue = _read(root, "en")
    done = 0
    for message in catalogue:
        if message.id and not message.string and message.id in words:
            message.string = words[str(message.id)]
            done += 1
    _write(root, "en", catalogue)
    return done


def problems(root: Path) -> list[str]:
    """List what is missing, superfluous, fuzzy or has other placeholders than its msgid."""
    wanted = {message.id for message in collected(root) if message.id}
    known = _read(root, "en")
    have = {message.id: message for message in known if message.id}
    found = [f"not in the en catalogue: {text}" for text in sorted(map(str, wanted - set(have)))]
    found += [f"no longer used: {text}" for text in sorted(map(str, set(have) - wanted))]
    for message in have.values():
        if message.fuzzy or not message.string:
            found.append(f"not translated: {message.id}")
        for error in message.check():
            found.append(f"{message.id}: {error}")
    return found
