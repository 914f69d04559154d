"""dingkao: create_app() wires every module; nothing else knows them all."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

import config as configuration


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Build the application.

    :raises ConfigurationInvalid: in production, when the configuration is not fit for it.
    """
    from app import assembly

    app = Flask(__name__)
    app.config.update(config if config is not None else configuration.load())
    assembly.refuse_unfit(app)
    assembly.bind_storage(app)
    assembly.bind_web(app)
    assembly.bind_words(app)
    return app
