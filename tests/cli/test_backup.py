"""``dingkao backup``: taken under load, equal table by table at its instant, damage found, one way back."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, text

from app.cli import main
from app.cli.backup_files import CONTENT, MANIFEST
from tests.support.databases import DatabaseKind, DatabaseServer

WRITERS = 3
_PAIR = text("INSERT INTO setting (key, value) VALUES (:key, :value)")


def url_of(url: str) -> str:
    return url.replace("sqlite:///", "sqlite+pysqlite:///")


class Place:
    """One installation: its database and what the command says there."""

    def __init__(self, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.url, self.folder, self.monkeypatch = url, folder, monkeypatch

    def run(self, *arguments: str) -> tuple[int, str]:
        self.monkeypatch.setenv("DINGKAO_PROFILE", "test")
        self.monkeypatch.setenv("DATABASE_URL", url_of(self.url))
        self.monkeypatch.setenv("DATA_DIR", str(self.folder))
        answer = CliRunner().invoke(main, ["backup", *arguments])
        return answer.exit_code, answer.output

    def engine(self) -> Engine:
        import pysqlite3

        if self.url.startswith("sqlite"):
            path = self.url.removeprefix("sqlite:///")
            return create_engine(
                "sqlite://", creator=lambda: pysqlite3.connect(path, timeout=60), module=pysqlite3
            )
        return create_engine(self.url.replace("postgresql://", "postgresql+psycopg://"))

    def pairs(self) -> Mapping[str, int]:
        """Count the two halves of what writers store in one transaction each."""
        engine = self.engine()
        with engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT substr(key, 1, 6), count(*) FROM setting WHERE key LIKE 'load-%'"
                    " GROUP BY substr(key, 1, 6)"
                )
            ).all()
        engine.dispose()
        return {row[0]: row[1] for row in rows}


@contextmanager
def writers(place: Place) -> Iterator[threading.Event]:
    """Let others write pairs all the time; the event is set once each has written some."""
    stop, busy, done = threading.Event(), threading.Event(), [0] * WRITERS
    engine = place.engine()

    def write(number: int) -> None:
        while not stop.is_set():
            with engine.begin() as connection:
                for half in ("a", "b"):
                    key = f"load-{half}-{number}-{done[number]}"
                    connection.execute(_PAIR, {"key": key, "value": "x" * 200})
            done[number] += 1
            if min(done) >= 5:
                busy.set()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield busy
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        engine.dispose()


@pytest.fixture
def place(
    demo_template: str,
    database_server: DatabaseServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Place]:
    with database_server.lending(demo_template) as url:
        yield Place(url, tmp_path / "here", monkeypatch)


@pytest.fixture
def elsewhere(
    database_server: DatabaseServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """An empty place: a database without tables, or no file at all."""
    with database_server.lending() as url:
        if database_server.kind is DatabaseKind.SQLITE:
            Path(url.removeprefix("sqlite:///")).unlink(missing_ok=True)
        yield Place(url, tmp_path / "there", monkeypatch)


def test_a_backup_under_load_comes_back_equal_and_whole(
    place: Place, elsewhere: Place, tmp_path: Path
) -> None:
    target = tmp_path / "backup"
    with writers(place) as busy:
        assert busy.wait(60)
        code, said = place.run("create", str(target))
        assert code == 0, said
    assert place.run("verify", str(target))[0] == 0

    code, said = elsewhere.run("restore", str(target))
    assert (code, "every table equals the backup" in said) == (0, True), said
    found = elsewhere.pairs()
    assert found["load-a"] == found["load-b"] > 0  # no transaction is torn
    assert found["load-a"] < place.pairs()["load-a"] + 1
    manifest = json.loads((target / MANIFEST).read_text())
    assert manifest["tables"]["physician"]["rows"] > 200
    assert manifest["tables"]["setting"]["rows"] >= 2 * found["load-a"]


def test_nothing_is_overwritten(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    assert place.run("create", str(target))[0] == 0
    code, said = place.run("create", str(target))
    assert (code, "exists already" in said) == (1, True)
    code, said = place.run("restore", str(target))
    assert (code, "empty" in said) == (1, True)


def _flip(path: Path, at: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)


def _change(path: Path, **changes: Any) -> None:
    document = json.loads(path.read_text())
    path.write_text(json.dumps(document | changes))


def test_verify_finds_every_damage(place: Place, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    assert place.run("create", str(target))[0] == 0
    content, manifest = target / CONTENT, target / MANIFEST
    whole, told = content.read_bytes(), manifest.read_text()

    for at in (0, len(whole) // 2, len(whole) - 1):
        _flip(content, at)
        code, said = place.run("verify", str(target))
        assert (code, "damaged" in said) == (1, True)
        content.write_bytes(whole)
    content.write_bytes(whole[:-100])
    assert "damaged" in place.run("verify", str(target))[1]
    content.unlink()
    assert "missing" in place.run("verify", str(target))[1]
    content.write_bytes(whole)

    _change(manifest, made_at="20200101T000000Z")
    assert "manifest was changed" in place.run("verify", str(target))[1]
    manifest.write_text(told[: len(told) // 2])
    assert "no readable backup" in place.run("verify", str(target))[1]
    manifest.write_text(told)
    assert place.run("verify", str(target))[0] == 0


def test_other_keys_do_not_open_a_backup(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backup"
    assert place.run("create", str(target))[0] == 0
    monkeypatch.setenv(
        "DINGKAO_DATA_KEYS", "other:" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY="
    )
    code, said = place.run("verify", str(target))
    assert (code, "DINGKAO_DATA_KEYS" in said) == (1, True)
