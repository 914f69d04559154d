"""The document and the routes are one table, and every scope stands for something."""

import re

from jsonschema import Draft202012Validator

from app.enums import ApiScope
from app.operations.api_tokens import ALLOWED
from app.security.owners import BODY_ROLES
from app.views.api.document import document
from app.views.api.routes import OPERATIONS, PREFIX
from tests.support.site import Site


def test_the_routes_are_those_of_the_document(shared_site: Site) -> None:
    routed = {
        (re.sub(r"<int:pk>", "{id}", str(rule)).removeprefix(PREFIX), method)
        for rule in shared_site.app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
        for method in (rule.methods or set()) - {"HEAD"}
    }
    written = {
        (path, method.upper()) for path, item in document()["paths"].items() for method in item
    }

    assert written == routed
    assert len(written) == len(OPERATIONS)


def test_the_document_is_served_to_everybody_and_complete(shared_site: Site) -> None:
    answer = shared_site.app.test_client().get(f"{PREFIX}/openapi.json")
    served = answer.get_json()

    assert served == document()
    assert "Set-Cookie" not in answer.headers
    used = set(re.findall(r"#/components/(\w+/\w+)", answer.get_data(as_text=True)))
    kinds = ("schemas", "responses")
    known = {f"{kind}/{name}" for kind in kinds for name in served["components"][kind]}
    assert used == known
    for schema in served["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_tells_its_errors() -> None:
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            said = set(operation["responses"])
            assert {"400", "401", "403", "422", "429"} < said, (method, path)
            assert ("404" in said) is ("{id}" in path)
            assert ({"409", "413", "415"} <= said) is (method == "post")


def test_every_scope_opens_an_operation_and_is_given_to_a_role() -> None:
    assert {operation.scope for operation in OPERATIONS} == {*ApiScope, None}
    assert set(ALLOWED) == BODY_ROLES
    assert frozenset[ApiScope]().union(*ALLOWED.values()) == set(ApiScope)
    for operation in OPERATIONS:
        if operation.scope is not None:
            assert operation.scope.code.endswith(":write") is operation.is_change
