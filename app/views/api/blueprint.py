"""Register the API: a route for every operation of the table, and the document of all."""

import json

from flask import Blueprint, Flask, current_app, request
from werkzeug.wrappers import Response

from app.extensions import csrf
from app.views.api import gate
from app.views.api.answering import view
from app.views.api.document import document
from app.views.api.routes import OPERATIONS, PREFIX


def install(app: Flask) -> None:
    """Attach the API to an application; CSRF has nothing to protect where no cookie counts."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for operation in OPERATIONS:
        blueprint.add_url_rule(
            operation.rule,
            endpoint=operation.name,
            view_func=view(operation),
            methods=[operation.method],
            provide_automatic_options=False,
        )
    blueprint.add_url_rule(
        "/openapi.json",
        endpoint="openapi",
        view_func=_openapi,
        methods=["GET"],
        provide_automatic_options=False,
    )
    blueprint.after_request(gate.finish)
    csrf.exempt(blueprint)
    app.register_blueprint(blueprint)


def _openapi() -> Response:
    text = json.dumps(document(request.script_root), ensure_ascii=False)
    return current_app.response_class(text, content_type="application/json")
