"""Every operation of the API: what the routes, the document and the tests go through."""

from app.enums import ApiScope, Role
from app.views.api import cases, institutions, participations, physicians
from app.views.api.fields import Field, Resource, utc, word_schema
from app.views.api.table import Call, Operation

PREFIX = "/api/v1"
_SCOPES = {
    "type": "array",
    "items": {"type": "string", "enum": [scope.code for scope in ApiScope]},
}


def _itself(call: Call) -> Call:
    return call


TOKEN = Resource(
    "Token",
    "所用令牌本身：代表谁、能做什么、何时到期",
    (
        Field("label", {"type": "string"}, lambda call: call.token.label),
        Field("prefix", {"type": "string"}, lambda call: call.token.prefix),
        Field("role", word_schema(Role), lambda call: call.actor.role.name),
        Field("body", {"type": "string"}, lambda call: call.actor.body),
        Field("scopes", _SCOPES, lambda call: call.token.scopes.split()),
        Field(
            "expires_at",
            {"type": "string", "format": "date-time"},
            lambda call: utc(call.token.expires_at),
        ),
    ),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="get_token",
        path="/token",
        summary="读取所用令牌的权限范围和到期时间",
        scope=None,
        answer=TOKEN,
        run=_itself,
    ),
    *institutions.OPERATIONS,
    *physicians.OPERATIONS,
    *participations.OPERATIONS,
    *cases.OPERATIONS,
)
