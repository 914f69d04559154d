"""Whatever is sent, the API answers as its document says: no crash, no undocumented answer, no open door."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
import schemathesis
from schemathesis.config import (
    ChecksConfig,
    CoveragePhaseConfig,
    ExamplesPhaseConfig,
    GenerationConfig,
    OperationConfig,
    OperationsConfig,
    PhasesConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    StatefulPhaseConfig,
)
from schemathesis.engine import StopReason, events, from_schema
from schemathesis.filters import FilterSet
from werkzeug.serving import WSGIRequestHandler, make_server

from app.enums import Role
from app.views.api.routes import OPERATIONS
from tests.support.databases import DatabaseKind
from tests.support.programs import BASE, Program, program
from tests.support.site import Site

pytestmark = pytest.mark.embedded

CALLERS = {
    "institution": ("hospital", Role.INSTITUTION),
    "agency": ("agency", Role.AGENCY),
    "authority": ("province", Role.AUTHORITY),
}
EXAMPLES = {DatabaseKind.SQLITE: 5, DatabaseKind.POSTGRES: 2}
NOT_ALLOWED = {"create_physician", "confirm_participation", "withdraw_participation"}


class Silent(WSGIRequestHandler):
    """Writes no line a request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve the application on a port of this machine: exceptions become answers, as in earnest."""
    site.app.config["PROPAGATE_EXCEPTIONS"] = False
    server = make_server("127.0.0.1", 0, site.app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{BASE}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def configured(caller: Program, *, examples: int, is_thorough: bool) -> SchemathesisConfig:
    """Use every check but the one that asks that a schema tell all that is valid."""
    operations = []
    for operation in OPERATIONS:
        if operation.has_id:
            chosen = FilterSet()
            chosen.include(operation_id=operation.name)
            path = operation.path.partition("/{id}")[0]
            query = "?status=COMPLETED" if path == "/cases" else ""  # no step takes these away
            first = caller.get(path + query).get_json()["data"][0]
            operations.append(
                OperationConfig(filter_set=chosen, parameters={"path.id": first["id"]})
            )
    project = ProjectConfig(
        headers={"Authorization": f"Bearer {caller.text}"},
        continue_on_failure=True,
        checks=ChecksConfig(positive_data_acceptance=PositiveDataAcceptanceConfig(enabled=False)),
        phases=PhasesConfig(
            examples=ExamplesPhaseConfig(enabled=False),
            coverage=CoveragePhaseConfig(enabled=is_thorough),
            stateful=StatefulPhaseConfig(enabled=False),
        ),
        generation=GenerationConfig(max_examples=examples, no_shrink=True, deterministic=True),
        operations=OperationsConfig(operations=operations),
    )
    return SchemathesisConfig(projects=ProjectsConfig(default=project))


@pytest.mark.parametrize("role", CALLERS)
def test_the_api_answers_as_its_document_says(
    site: Site, database_kind: DatabaseKind, role: str
) -> None:
    caller = program(site, *CALLERS[role])
    is_thorough = database_kind is DatabaseKind.SQLITE and role == "institution"
    examples = EXAMPLES[database_kind]
    config = configured(caller, examples=examples, is_thorough=is_thorough)
    codes: Counter[tuple[str, int]] = Counter()
    found: list[str] = []
    stopped: Any = None

    with served(site) as url:
        schema = schemathesis.openapi.from_url(f"{url}/openapi.json", config=config)
        for event in from_schema(schema).execute():
            if isinstance(event, events.ScenarioFinished):
                codes.update(answered(event))
                found += failures(event)
            elif isinstance(event, events.NonFatalError | events.FatalError):
                found.append(str(event))
            elif isinstance(event, events.EngineFinished):
                stopped = event.stop_reason

    assert found == []
    assert stopped is StopReason.COMPLETED
    reached = {label for label, code in codes if code in (200, 201, 409)}
    changes = {f"{o.method} {o.path}" for o in OPERATIONS if o.name in NOT_ALLOWED}
    assert reached | changes == {f"{o.method} {o.path}" for o in OPERATIONS}


def answered(event: events.ScenarioFinished) -> list[tuple[str, int]]:
    """List the answers of one operation."""
    calls = event.recorder.interactions.values()
    return [(event.label or "", call.response.status_code) for call in calls if call.response]


def failures(event: events.ScenarioFinished) -> list[str]:
    """List the checks that an answer did not pass."""
    return [
        f"{event.label}: {check.name}: {check.failure_info.failure}"
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info is not None
    ]
