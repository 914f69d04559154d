"""The OpenAPI 3.1 document, made of the same table as the routes."""

from typing import Any

from app.enums import ApiScope
from app.views.api.fields import LARGEST_ID, Schema
from app.views.api.paging import DEFAULT_LIMIT, LARGEST_LIMIT, LONGEST_CURSOR
from app.views.api.routes import OPERATIONS, PREFIX
from app.views.api.table import Operation

VERSION = "1.0.0"
_ABOUT = """医师定期考核的接口。令牌由单位管理员在“接口令牌”页面创建，随请求头
`Authorization: Bearer …` 发送；不使用 Cookie。令牌只能看到和办理创建人身份范围内的数据。
代码与中文词语的对应写在各字段的说明里；时间为 UTC，日期为中国日期。"""
_PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "请求内容中的位置"},
                    "parameter": {"type": "string", "description": "地址参数或请求头的名称"},
                    "detail": {"type": "string"},
                },
                "required": ["detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
}
_PROBLEMS = {
    400: "请求不是有效的 HTTP 或 JSON",
    401: "缺少令牌，或令牌无效、已作废、已到期",
    403: "令牌或角色没有该项权限",
    404: "没有该记录，或不在令牌的数据范围内",
    409: "当前状态不能办理，或与已有记录冲突",
    412: "If-Match 与现有版本不符",
    413: "请求内容过大",
    415: "请求内容的类型不是 application/json",
    422: "参数或内容有误，errors 指出位置",
    429: "请求过于频繁，见 Retry-After",
}
_ID = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}


def document(root: str = "") -> dict[str, Any]:
    """Give the whole document; ``root`` is where the application is mounted."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "定考接口", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": f"{root}{PREFIX}"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "权限范围："
                    + "；".join(f"{scope.code} {scope.value}" for scope in ApiScope),
                }
            },
            "schemas": _schemas(),
            "responses": {_name(status): _problem(about) for status, about in _PROBLEMS.items()},
        },
    }


def _schemas() -> dict[str, Schema]:
    found = {"Problem": _PROBLEM}
    for operation in OPERATIONS:
        answer = operation.answer
        found[answer.name] = answer.schema()
        if operation.is_list:
            found[f"{answer.name}List"] = _page(answer.name)
        if operation.intake is not None:
            found[operation.intake.name] = operation.intake.schema()
    return found


def _page(name: str) -> Schema:
    return {
        "type": "object",
        "properties": {
            "data": {"type": "array", "items": _ref("schemas", name)},
            "next_cursor": {
                "type": ["string", "null"],
                "description": "取下一页时作为 cursor 参数；没有更多时为 null",
            },
        },
        "required": ["data", "next_cursor"],
        "additionalProperties": False,
    }


def _operation(operation: Operation) -> dict[str, Any]:
    scope = operation.scope.code if operation.scope else ""
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"权限范围：`{scope}`" if scope else "任何有效的令牌",
        "tags": [operation.path.split("/")[1]],
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.intake is not None:
        found["requestBody"] = {
            "required": not operation.intake.is_optional,
            "content": {"application/json": {"schema": _ref("schemas", operation.intake.name)}},
        }
    return found


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    if operation.has_id:
        found.append({"name": "id", "in": "path", "required": True, "schema": _ID})
    found += [{"name": q.name, "in": "query", "schema": q.schema} for q in operation.filters]
    if operation.is_list:
        limit = {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT}
        cursor = {"type": "string", "maxLength": LONGEST_CURSOR, "minLength": 1}
        found += [
            {"name": "limit", "in": "query", "schema": {**limit, "default": DEFAULT_LIMIT}},
            {"name": "cursor", "in": "query", "schema": cursor,
             "description": "上一页的 next_cursor；其余参数须与上一页相同"},
        ]  # fmt: skip
    if operation.is_change:
        key = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "schema": key,
             "description": "同一个键和同样的请求在24小时内只办理一次，再次发送得到同样的回答"}
        )  # fmt: skip
        if not operation.is_made:
            found.append(
                {"name": "If-Match", "in": "header", "schema": {"type": "string"},
                 "description": "读取时得到的 ETag；已有更新的版本时不办理，回答412"}
            )  # fmt: skip
    return found


def _responses(operation: Operation) -> dict[str, Any]:
    answer = operation.answer.name
    name = f"{answer}List" if operation.is_list else answer
    done: dict[str, Any] = {
        "description": operation.summary,
        "content": {"application/json": {"schema": _ref("schemas", name)}},
    }
    headers = {}
    if operation.has_version:
        headers["ETag"] = {"schema": {"type": "string"}}
    if operation.is_made:
        headers["Location"] = {"schema": {"type": "string"}}
    if headers:
        done["headers"] = headers
    statuses = {400, 401, 403, 422, 429}
    if operation.has_id:
        statuses.add(404)
    if operation.is_change:
        statuses |= {409, 413, 415} | (set() if operation.is_made else {412})
    code = "201" if operation.is_made else "200"
    problems = {str(status): _ref("responses", _name(status)) for status in sorted(statuses)}
    return {code: done, **problems}


def _problem(about: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _ref("schemas", "Problem")}}
    return {"description": about, "content": content}


def _name(status: int) -> str:
    return f"Problem{status}"


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
