"""From exceptions to answers: what happened, why, and what to do next, in one place."""

from typing import Any

import structlog
from flask import Flask, flash, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.extensions import db
from app.refusals import Refusal
from app.security.scope_session import ForeignRow
from app.views import paths
from app.views.api import problems
from app.workflows.engine import OVERTAKEN, NoSuchStep, StepForbidden, StepOvertaken

ANTICIPATED = (Refusal, StaleDataError, IntegrityError)
"""What a form may meet without being broken."""

log = structlog.get_logger(__name__)


def flash_saved(_item: Any) -> None:
    """Tell that something was stored."""
    flash(_("保存成功。"), "success")


def message_of(error: Exception) -> str | None:
    """Give the user's words for an error that is anticipated, or None."""
    if isinstance(error, Refusal):
        return str(error.message)
    if isinstance(error, StaleDataError):
        return str(OVERTAKEN)
    if isinstance(error, IntegrityError):
        return _("与已有记录重复，或仍被其他记录使用，未保存。请核对名称、编码后重试。")
    return None


def refuse(form: Any, error: Exception) -> None:
    """Put an anticipated error beside the field it belongs to, or above the form."""
    text = message_of(error) or ""
    field = getattr(error, "field", None)
    if field and field in form:
        form[field].errors = [*form[field].errors, text]
    else:
        form.form_errors.append(text)
        flash(text, "danger")


def _page(status: int, what: str, why: str, following: str, **headers: str) -> Any:
    if status >= 500 or request.method != "GET":
        db.session.rollback()
    if paths.is_api():
        return problems.answer(problems.Problem(status, why, headers=headers))
    return (
        render_template(
            "error.html",
            title=what,
            crumbs=[],
            status=status,
            what=what,
            why=why,
            next_step=following,
        ),
        status,
    )


def register_errors(app: Flask) -> None:
    """Attach the answers to an application."""

    @app.errorhandler(NoResultFound)
    @app.errorhandler(NoSuchStep)
    @app.errorhandler(404)
    def _missing(_error: Exception) -> Any:
        return _page(
            404,
            _("没有找到该内容"),
            _("地址有误，或该记录不在您的管理范围内。"),
            _("请从菜单重新进入。"),
        )

    @app.errorhandler(ForeignRow)
    @app.errorhandler(403)
    @app.errorhandler(StepForbidden)
    def _forbidden(_error: Exception) -> Any:
        return _page(
            403, _("无权访问"), _("您的角色没有该项权限。"), _("如需要该权限，请联系上级管理员。")
        )

    @app.errorhandler(StaleDataError)
    @app.errorhandler(StepOvertaken)
    @app.errorhandler(409)
    def _overtaken(_error: Exception) -> Any:
        return _page(409, _("未能完成操作"), str(OVERTAKEN), _("请返回并刷新页面。"))

    @app.errorhandler(CSRFError)
    def _forged(_error: Exception) -> Any:
        return _page(
            400, _("页面已过期"), _("登录状态已改变或页面停留过久。"), _("请返回并刷新页面后重试。")
        )

    @app.errorhandler(413)
    def _too_large(_error: Exception) -> Any:
        return _page(
            413, _("文件过大"), _("上传的内容超过12MB。"), _("请压缩或拆分文件后重新上传。")
        )

    @app.errorhandler(429)
    def _too_many(_error: Exception) -> Any:
        return _page(429, _("操作过于频繁"), _("短时间内请求次数过多。"), _("请稍等一分钟后重试。"))

    @app.errorhandler(HTTPException)
    def _other(error: HTTPException) -> Any:
        methods = getattr(error, "valid_methods", None)
        headers = {"Allow": ", ".join(sorted(methods))} if methods else {}
        return _page(
            error.code or 500,
            _("请求无法处理"),
            _("请求的内容或方式不正确。"),
            _("请返回后重试。"),
            **headers,
        )

    @app.errorhandler(500)
    def _broken(error: Exception) -> Any:
        log.error("request failed", path=request.path, exc_info=error)
        return _page(
            500,
            _("系统出错"),
            _("系统处理请求时发生错误，已记录。"),
            _("请稍后重试；如仍出错，请联系管理员。"),
        )
