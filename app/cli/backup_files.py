"""A backup on disk: a folder with what the database holds and a manifest that says what that is.

The manifest is sealed with the installation's key: neither it nor the content can be changed
unseen. Attachments, photos and files of jobs lie in the database, encrypted, and are part of it; the
keys themselves are not, and must be kept somewhere else.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from app.crypto import keyring

MANIFEST = "manifest.json"
CONTENT = "database"
FORMAT = 1
_CONTEXT = "backup"
_PIECE = 1024 * 1024


class BackupFailed(Exception):
    """A backup that is not made, not whole or not restored; the message says why and what next."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """How many rows a table has, and a digest of them whatever their order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup holds; ``made_at`` is naive UTC, ``revision`` that of the tables."""

    format: int
    kind: str  # sqlite or postgresql
    made_at: str
    revision: str
    content_sha256: str
    tables: Mapping[str, TableSum]

    def sealed(self) -> str:
        """Give the keyed digest of everything here."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return keyring().blind_index(text, context=_CONTEXT)


def begun(target: Path) -> Path:
    """Make the folder that becomes ``target`` once everything is in it.

    :raises BackupFailed: something is there already.
    """
    if target.exists():
        raise BackupFailed(f"{target} exists already; choose another folder")
    partial = target.with_name(f".{target.name}.partial")
    if partial.exists():
        shutil.rmtree(partial)  # of one that was interrupted
    partial.mkdir(parents=True, mode=0o700)
    return partial


def finished(partial: Path, target: Path, manifest: Manifest) -> None:
    """Write the manifest and give the folder its name: from now on it is a backup."""
    document = {**asdict(manifest), "seal": manifest.sealed()}
    (partial / MANIFEST).write_text(json.dumps(document, indent=2), encoding="utf-8")
    partial.rename(target)


def read(source: Path) -> Manifest:
    """Read and check the manifest of a backup.

    :raises BackupFailed: there is none, or it was changed, or the keys are others.
    """
    try:
        document = json.loads((source / MANIFEST).read_text(encoding="utf-8"))
        seal = document.pop("seal")
        document["tables"] = {name: TableSum(**entry) for name, entry in document["tables"].items()}
        found = Manifest(**document)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupFailed(f"{source} holds no readable backup: {error}") from error
    if found.format != FORMAT:
        raise BackupFailed(f"this program reads backups of format {FORMAT}, not {found.format}")
    if found.sealed() != seal:
        raise BackupFailed(
            "the manifest was changed, or DINGKAO_DATA_KEYS are not those of the backup"
        )
    return found


def check_content(source: Path, manifest: Manifest) -> Path:
    """Check that the content is what was written, byte for byte, and give its path.

    :raises BackupFailed: it is missing or damaged.
    """
    content = source / CONTENT
    if not content.is_file():
        raise BackupFailed(f"{content} is missing")
    if digest_of(content) != manifest.content_sha256:
        raise BackupFailed(f"{content} is damaged: its SHA-256 is not that of the manifest")
    return content


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    found = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def compare(wanted: Mapping[str, TableSum], found: Mapping[str, TableSum]) -> None:
    """Check that tables hold what the manifest says.

    :raises BackupFailed: a table differs, is missing or is one too many.
    """
    wrong = sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )
    if wrong:
        raise BackupFailed(f"these tables differ from the manifest: {', '.join(wrong)}")


def stamp(at: datetime) -> str:
    """Write an instant for a name and for the manifest."""
    return at.strftime("%Y%m%dT%H%M%SZ")
