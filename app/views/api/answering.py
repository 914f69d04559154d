"""How every operation is answered: token, scope, request, work, commit, JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from app.extensions import db
from app.models import IdempotentAnswer
from app.operations import idempotency
from app.operations.idempotency import KeyReused, Sent
from app.security.actor import bind_actor
from app.views.api import gate, paging
from app.views.api.intake import invalid
from app.views.api.problems import Problem, named
from app.views.api.problems import answer as problem_answer
from app.views.api.routes import PREFIX
from app.views.api.table import Call, Operation
from app.views.clock import now
from app.views.errors import message_of
from app.workflows.engine import StepForbidden, StepRefused

KEY = "Idempotency-Key"
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, and kept for an equal request."""

    code: int
    body: str
    etag: str | None = None
    location: str | None = None

    def response(self) -> Response:
        """Write it."""
        found: Response = current_app.response_class(
            self.body, self.code, content_type="application/json"
        )
        if self.etag:
            found.headers["ETag"] = self.etag
        if self.location:
            found.headers["Location"] = self.location
        return found


def view(operation: Operation) -> Callable[..., Response]:
    """Make the function behind an operation's route."""

    def answered(pk: int = 0) -> Response:
        at = now()
        try:
            caller = gate.caller(at=at)
            bind_actor(caller.actor)
            gate.demand(caller, operation.scope)
            return _done(operation, caller, pk, at)
        except Problem as problem:
            db.session.rollback()
            return problem_answer(problem)

    return answered


def _done(operation: Operation, caller: gate.Caller, pk: int, at: datetime) -> Response:
    criteria, after, limit = paging.asked(operation)
    body = operation.intake.read(request) if operation.intake else {}
    call = Call(
        session=db.session(),
        actor=caller.actor,
        token=caller.token,
        at=at,
        pk=pk,
        criteria=criteria,
        after=after,
        limit=limit,
        body=body,
        version_fits=_version_fits,
    )
    if not operation.is_change:
        return _answer(operation, operation.run(call)).response()
    try:
        return _changed(operation, call)
    except StepForbidden as refusal:
        raise Problem(403, refusal.message)
    except (StepRefused, StaleDataError, IntegrityError) as error:
        raise Problem(409, message_of(error) or "")


def _changed(operation: Operation, call: Call) -> Response:
    """Work and remember the answer under the request's key, in one transaction."""
    key = _key()
    if key is None:
        done = _answer(operation, operation.run(call))
        call.session.commit()
        return done.response()
    mark = idempotency.fingerprint(request.method, request.full_path, request.get_data())
    sent = Sent(call.token.id, key, mark)
    try:
        found = idempotency.find(call.session, sent, at=call.at)
        row = None if found else _claimed(call, sent)
        if row is None:
            found = found or idempotency.find(call.session, sent, at=call.at)
    except KeyReused:
        raise invalid([named(KEY, _("该键已用于另一请求，请换一个新的键。"))])
    if found is not None:
        return _again(found)
    if row is None:
        raise Problem(409, _("相同的请求正在办理，请稍后重试。"))
    done = _answer(operation, operation.run(call))
    row.code, row.body, row.etag, row.location = done.code, done.body, done.etag, done.location
    call.session.commit()
    return done.response()


def _claimed(call: Call, sent: Sent) -> IdempotentAnswer | None:
    try:
        return idempotency.claim(call.session, sent, at=call.at)
    except IntegrityError:
        call.session.rollback()  # an equal request was faster and has committed
        return None


def _again(row: IdempotentAnswer) -> Response:
    stored = Answer(row.code or 200, row.body or "", row.etag, row.location)
    response = stored.response()
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _key() -> str | None:
    key = request.headers.get(KEY)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise invalid([named(KEY, _("应为1到255个可见的ASCII字符。"))])
    return key


def _answer(operation: Operation, found: Any) -> Answer:
    if operation.is_list:
        page = {
            "data": [operation.answer.write(row) for row in found.rows],
            "next_cursor": None if found.last is None else paging.cursor(found.last),
        }
        return Answer(200, _text(page))
    etag = f'"{found.version}"' if operation.has_version else None
    body = _text(operation.answer.write(found))
    if not operation.is_made:
        return Answer(200, body, etag)
    return Answer(201, body, etag, f"{request.script_root}{PREFIX}{operation.path}/{found.id}")


def _version_fits(version: int) -> bool:
    if "If-Match" not in request.headers:
        return True
    return request.if_match.contains(str(version))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
