"""The application on a small province of its own."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

import config as configuration
from app import create_app
from app.extensions import limiter
from tests.operations.account_world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = World(tmp_path_factory.mktemp("signin"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def built(world: World, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    settings = configuration.load(
        {
            "DINGKAO_PROFILE": "test",
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "DATABASE_URL": world.url,
        }
    )
    return create_app(settings | {"WTF_CSRF_ENABLED": False, "CAPTCHA": False})


@pytest.fixture
def app(built: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    with built.app_context():
        limiter.reset()
    for name in ("CAPTCHA", "INITIAL_PASSWORD_MODE"):
        monkeypatch.setitem(built.config, name, built.config[name])  # put back afterwards
    return built


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
