"""A physician's facts as groups to draw; numbers that identify a person are masked."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.models import Physician, Transfer
from app.operations.initial_passwords import InitialMode
from app.periods import full_years
from app.security.id_numbers import mask_id_number
from app.views import cells

Groups = list[tuple[Any, list[tuple[Any, Any]]]]


def groups(item: Physician, *, today: date, is_revealed: bool = False) -> Groups:
    """Give 基本信息 and 执业信息; ``is_revealed`` writes numbers in full."""

    def number(text: str | None) -> str | None:
        return text if is_revealed or not text else mask_id_number(text)

    basic = [
        (_l("姓名"), item.name),
        (_l("性别"), item.sex),
        (_l("证件类型"), item.id_type),
        (_l("证件号码"), number(item.id_number)),
        (_l("出生日期"), item.birth_date),
        (_l("年龄"), full_years(item.birth_date, today)),
        (_l("民族"), _(item.ethnic_group) if item.ethnic_group else None),
        (_l("学历"), item.education),
        (_l("手机号码"), item.phone if is_revealed else _masked_phone(item.phone)),
        (_l("电子邮箱"), item.email),
    ]
    practice = [
        (_l("医疗卫生机构"), item.institution.name),
        (_l("科室"), item.department.name),
        (_l("医师级别"), item.level),
        (_l("执业类别"), item.category),
        (_l("执业范围"), item.practice_scope),
        (_l("职称"), item.title),
        (_l("医师资格证书编码"), number(item.qualification_code)),
        (_l("医师执业证书编码"), number(item.licence_code)),
        (_l("执业证取得时间"), item.licensed_on),
        (_l("首次注册时间"), item.first_registered_on),
    ]
    return [(_l("基本信息"), _shown(basic)), (_l("执业信息"), _shown(practice))]


def transfers(rows: Sequence[Transfer]) -> Groups:
    """Give 转移记录, where there are any."""
    pairs = [
        (cells.shown(row.at), f"{row.from_name} → {row.to_name}（{row.source.label}）")
        for row in rows
    ]
    return [(_l("转移记录"), pairs)] if pairs else []


def _shown(pairs: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [(label, cells.shown(value)) for label, value in pairs]


def _masked_phone(text: str | None) -> str | None:
    if not text:
        return text
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 8 else "****"


def reset_text(name: str, mode: InitialMode) -> str:
    """Say what opens a physician's account after 重置密码."""
    if mode is InitialMode.FACTOR:
        return _(
            "%(name)s的登录密码已重置为初始密码666666，72小时内有效；"
            "登录时还须核对证件号码后六位和医师执业证书编码。",
            name=name,
        )
    return _(
        "%(name)s的登录密码已重置为初始密码666666，72小时内有效，登录后须设置新密码。", name=name
    )
