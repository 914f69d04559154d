"""查验: what a 合格证书 is worth, for whoever holds the paper; for people as a page, for programs as JSON.

Nothing leads to a certificate but its token; the page tells no more than the paper, and less of
the name. It is limited by address, so that nobody tries tokens.
"""

from typing import Any

from flask import Response, jsonify, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import Category, CertificateStatus, PhysicianLevel, Verdict
from app.extensions import db, limiter
from app.models import Certificate
from app.operations import certificates
from app.security.actor import unscoped
from app.views import cells
from app.views.base import PageView, expose, open_to_all, page

RATE = "30/minute"
_TOLD = {
    CertificateStatus.VALID: _l("该证书有效。请核对纸面内容与下列信息、校验码是否一致。"),
    CertificateStatus.REVOKED: _l("该证书已撤销，不能作为考核合格的证明。"),
    CertificateStatus.REPLACED: _l("该证书已补发，请以新证书为准。"),
}


class VerifyView(PageView):
    """The page behind the QR code; no login."""

    route_base = "/v"
    default_view = "verify"

    @expose("/<string:token>")
    @open_to_all
    @limiter.limit(RATE)
    def verify(self, token: str) -> Any:
        """Tell what the certificate is worth, or that there is none."""
        found = certificates.find(db.session(), token)
        with unscoped("the facts of the paper are told to whoever holds it"):
            told = _told(found)
        status = 200 if found is not None else 404
        if _wants_json():
            answer: Response = jsonify(told["json"])
        else:
            drawn = page("result/verify.html", title=_("合格证书查验"), page=told)
            answer = Response(drawn, mimetype="text/html")
        answer.status_code = status
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Robots-Tag"] = "noindex, nofollow"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer


def _wants_json() -> bool:
    """A browser names HTML; a program asks for JSON or, as curl does, for anything."""
    return "text/html" not in request.headers.get("Accept", "")


def _told(found: Certificate | None) -> dict[str, Any]:
    if found is None:
        text = _("查无此证书。请核对地址或二维码；如系他人提供，请向发证机关核实。")
        return {
            "is_found": False, "tone": "bad", "state": _("查无此证"), "text": text, "facts": (),
            "json": {"found": False, "message": text},
        }  # fmt: skip
    if not certificates.is_genuine(found):
        text = _("该证书的数据与发证时不一致，不能作为考核合格的证明。请向发证机关核实。")
        return {
            "is_found": True, "tone": "bad", "state": _("数据异常"), "text": text, "facts": (),
            "json": {"found": True, "genuine": False, "message": text},
        }  # fmt: skip
    known = found.facts
    is_valid = found.status is CertificateStatus.VALID
    facts = [
        (_("证书编号"), known["number"]),
        (_("姓名"), certificates.masked(known["name"])),
        (_("医疗卫生机构"), known["institution"]),
        (_("执业类别"), Category[known["category"]].label),
        (_("医师级别"), PhysicianLevel[known["level"]].label),
        (_("考核周期"), known["cycle"]),
        (_("考核结果"), Verdict[known["result"]].label),
        (_("发证机关"), known["issuer"]),
        (_("发证日期"), known["issued_on"]),
        (_("校验码"), certificates.check_code(found)),
    ]
    if not is_valid:
        facts.append((_("状态变更日期"), cells.shown(found.status_since)))
    return {
        "is_found": True,
        "tone": "ok" if is_valid else "bad",
        "state": found.status.label,
        "text": str(_TOLD[found.status]),
        "facts": facts,
        "json": {
            "found": True,
            "genuine": True,
            "status": found.status.name.lower(),
            "status_since": found.status_since.isoformat() + "Z",
            "number": known["number"],
            "name": certificates.masked(known["name"]),
            "institution": known["institution"],
            "cycle": known["cycle"],
            "result": Verdict[known["result"]].name.lower(),
            "issuer": known["issuer"],
            "issued_on": known["issued_on"],
            "check": certificates.check_code(found),
        },
    }
