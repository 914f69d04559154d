"""``dingkao registry sync`` brings linked provinces up to date; its exit code says how it went."""

import base64
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from app.cli.registry import registry as command
from app.demo.people import People
from app.enums import Category
from app.models import Institution, Physician, RegistryLink
from deploy.registry.people import change_of
from deploy.registry.server import Fault, Registry, serving
from tests.support.registry import KEY
from tests.support.site import Site

SHAANXI, HOSPITAL = "610000", "雁塔区医院"


@pytest.fixture
def registry() -> Registry:
    key_id, _colon, secret = KEY.partition(":")
    return Registry(key_id, base64.b64decode(secret))


@pytest.fixture
def linked(
    site: Site, registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Site]:
    """The demo as the environment of a command, with a registry that listens."""
    monkeypatch.setenv("DINGKAO_PROFILE", "test")
    monkeypatch.setenv("DATABASE_URL", site.url.replace("sqlite:///", "sqlite+pysqlite:///"))
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("REGISTRY_KEY", KEY)
    with serving(registry) as url:
        monkeypatch.setenv("REGISTRY_URL", url)
        yield site


def run(*options: str) -> Result:
    return CliRunner().invoke(command, ["sync", *options])


def test_the_linked_province_is_brought_up_to_date(linked: Site, registry: Registry) -> None:
    with linked.session() as session:
        home = session.scalars(select(Institution.uscc).where(Institution.name == HOSPITAL)).one()
    person = People(Random(5)).physician(
        region="610113",
        category=Category.CLINICAL,
        scope="内科专业",
        practice_years=6,
        today=date(2024, 6, 3),
    )
    good = change_of(person, uscc=home, institution=HOSPITAL)
    wrong = change_of(person, uscc=home, institution=HOSPITAL, id_number="123", level="护士")
    registry.add(SHAANXI, [{"seq": 1000, **good}, {"seq": 1001, **wrong}])

    done = run()

    assert done.exit_code == 0, done.output
    assert "陕西省卫生健康委员会：1页，新增1名，更新0名，转移0名，待匹配1条" in done.output
    with linked.session() as session:
        assert session.scalars(select(Physician).where(Physician.name == person.name)).one()
        assert session.scalars(select(RegistryLink.cursor)).one() == "1001"
    assert "新增0名" in run("--province", SHAANXI).output


def test_a_province_that_fails_or_is_not_linked_is_told(linked: Site, registry: Registry) -> None:
    registry.fail(Fault.FORBIDDEN)
    failed = run()
    assert (failed.exit_code, "未完成：HTTP 403。" in failed.output) == (1, True)

    unlinked = run("--province", "140000")
    assert unlinked.exit_code == 1
    assert "以下省份未对接注册系统：140000。" in unlinked.output


def test_without_settings_nobody_is_asked(linked: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_URL", "http://registry.example")

    refused = run()

    assert refused.exit_code == 1
    assert "REGISTRY_URL must be https://" in refused.output
