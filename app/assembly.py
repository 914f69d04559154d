"""The steps of create_app(): storage, security, views."""

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

import config as configuration
from app.crypto import bind_keyring, keyring_from_text
from app.extensions import csrf, db, limiter, migrate, tune_sqlite
from app.operations import current_cycle
from app.security import roles, scope_session
from app.security.actor import bind_actor
from app.views import drawing, errands, fragments, menu, sessions, shell, words
from app.views.access import refuse_nul
from app.views.api import blueprint as api
from app.views.errors import register_errors
from app.views.home import HomeView
from app.views.manager import Builder, Manager
from app.views.rownumbers import RowNumber
from app.views.signin import forced_page_guard, must_read_guard

bind_words = words.install


def refuse_unfit(app: Flask) -> None:
    """Stop a production start that is not fit for it.

    :raises ConfigurationInvalid: with every reason.
    """
    if app.config["PROFILE"] == "production":
        found = configuration.problems(app.config)
        if found:
            raise configuration.ConfigurationInvalid("; ".join(found))


def bind_storage(app: Flask) -> None:
    """Bind keys, database, migrations and the row scope."""
    bind_keyring(keyring_from_text(app.config["DATA_KEYS"]))
    app.config["DATA_DIR"].mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    migrate.init_app(app, db)  # type: ignore[no-untyped-call]  # untyped library
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            tune_sqlite(db.engine)
    scope_session.install(Session)
    current_cycle.watch(Session)


def bind_web(app: Flask) -> None:
    """Bind sessions, protection, errors and every view."""
    app.session_interface = sessions.DatabaseSessions()
    app.url_map.converters["int"] = RowNumber
    csrf.init_app(app)
    limiter.init_app(app)
    app.config["FAB_ROLES"] = roles.fab_roles()
    with app.app_context():
        builder = Builder(security_manager_class=Manager, indexview=HomeView)
        builder.init_app(app, db.session)
        menu.register(builder)
    api.install(app)
    shell.install(app, builder)
    fragments.install(app)
    errands.register()
    drawing.install(app)
    register_errors(app)
    app.before_request(refuse_nul)
    app.before_request(forced_page_guard)
    app.after_request(sessions.end_reading)
    app.before_request(must_read_guard)
    app.teardown_request(lambda _error: bind_actor(None))
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        behind = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)
        app.wsgi_app = behind  # type: ignore[method-assign] # Flask's documented way to wrap
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign] # as above
        app.wsgi_app, root=app.static_folder, prefix="static/", max_age=31536000
    )
