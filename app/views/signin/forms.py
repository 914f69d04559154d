"""The forms of signing in and of passwords."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

_LONGEST = 128


def _typed(message: Any) -> list[Any]:
    return [InputRequired(message), Length(max=_LONGEST, message=_l("内容过长，请核对。"))]


def _password(label: Any, missing: Any, autocomplete: str) -> PasswordField:
    return PasswordField(
        label,
        validators=_typed(missing),
        render_kw={"autocomplete": autocomplete, "maxlength": _LONGEST},
    )


def _plain(label: Any, missing: Any, **attributes: Any) -> StringField:
    settings = {"autocapitalize": "none", "spellcheck": "false", "maxlength": _LONGEST}
    return StringField(label, validators=_typed(missing), render_kw=settings | attributes)


class LoginForm(FlaskForm):
    """登录."""

    account = _plain(_l("账号"), _l("请输入账号。"), autocomplete="username")
    password = _password(_l("密码"), _l("请输入密码。"), "current-password")
    captcha = _plain(_l("验证码"), _l("请输入验证码。"), autocomplete="off")


class DocumentsForm(FlaskForm):
    """身份核对 of a physician: what stands in the person's own documents."""

    last_six = _plain(_l("证件号码后六位"), _l("请输入证件号码后六位。"), autocomplete="off")
    licence_code = _plain(
        _l("医师执业证书编码"), _l("请输入医师执业证书编码。"), autocomplete="off"
    )


class CodeForm(FlaskForm):
    """身份核对 of everybody else: the code that was handed out."""

    code = _plain(_l("激活码"), _l("请输入激活码。"), autocomplete="one-time-code")


def _new() -> PasswordField:
    return _password(_l("新密码"), _l("请输入新密码。"), "new-password")


def _again() -> PasswordField:
    missing = InputRequired(_l("请再次输入新密码。"))
    different = EqualTo("new", _l("两次输入的新密码不一致，请重新输入。"))
    return PasswordField(
        _l("确认新密码"),
        validators=[missing, different],
        render_kw={"autocomplete": "new-password", "maxlength": _LONGEST},
    )


class InitialForm(FlaskForm):
    """密码初始化设置 (manual 1.1)."""

    old = _password(_l("原密码"), _l("请输入原密码。"), "current-password")
    new = _new()
    again = _again()


class ChangeForm(FlaskForm):
    """安全设置 (manual 1.1)."""

    old = _password(_l("原始密码"), _l("请输入原始密码。"), "current-password")
    new = _new()
    again = _again()
