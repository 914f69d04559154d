"""合格证书: what was issued; downloaded by everybody concerned, revoked and replaced by the authority."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.enums import CertificateStatus, Role
from app.extensions import db
from app.jobs import certificate_files
from app.models import Certificate, Conclusion
from app.queries.listing import Column, Listing, Tab
from app.views import actions, areas, bodies, conclusion_list, listpages, paths, sendfile
from app.views.actions import Action, link
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.filters import Filter, contains, one_of, vocabulary_choices
from app.views.jobwords import lead_to
from app.workflows.certificate import CERTIFICATE


def site() -> str:
    """Give the address of the site, without a slash at its end."""
    known: str = current_app.config["PUBLIC_URL"] or request.host_url
    return known.rstrip("/")


class CertificateView(EntityView):
    """The certificates in the actor's scope, the latest first."""

    datamodel = Interface(Certificate)
    route_base = "/certificates"
    name = _l("合格证书")
    group = _l("结果管理")
    abilities = frozenset({"list", "export"})

    def listing(self) -> Listing:
        """List what was issued, by what it is worth."""
        row, c = Certificate, conclusion_list
        return Listing(
            anchor=row,
            columns=(
                Column(name="number", label=_l("证书编号"), expression=row.number),
                c.CYCLE,
                *(() if acting().role in (Role.INSTITUTION, Role.PHYSICIAN) else (c.INSTITUTION,)),
                *c.PERSON,
                Column(name="issued", label=_l("发证日期"), expression=row.issued_on),
                Column(name="status", label=_l("证书状态"), expression=row.status),
                Column(name="reason", label=_l("原因"), expression=row.reason),
            ),
            details=c.of_conclusions(row),
            order=(row.issued_at.desc(), row.id.desc()),
            tabs=(
                Tab(name="all", label=_l("全部"), criterion=row.id > 0),
                *(
                    Tab(name=one.name.lower(), label=one.label, criterion=row.status == one)
                    for one in CertificateStatus
                ),
            ),
        )

    def filters(self) -> Sequence[Any]:
        """Filter by number, person and cycle."""
        row = Certificate
        found = [
            Filter(name="number", label=_l("证书编号"), kind="text", build=contains(row.number)),
            *conclusion_list.people(row),
            Filter(
                name="status", label=_l("证书状态"), kind="choice",
                choices=vocabulary_choices(CertificateStatus),
                build=one_of(row.status, CertificateStatus),
            ),
        ]  # fmt: skip
        if acting().role is Role.AUTHORITY:
            house = contains(Conclusion.institution_name)
            found.append(
                Filter(
                    name="institution", label=_l("医疗卫生机构"), kind="text",
                    build=lambda text: row.conclusion_id.in_(
                        select(Conclusion.id).where(house(text))
                    ),
                )
            )  # fmt: skip
            found.append(areas.area_filter(row))
        return found

    def row_actions(self, row: Any) -> list[Action]:
        """Give 下载, and to the authority 补发 and 撤销."""
        found = []
        if row.status is CertificateStatus.VALID:
            url = paths.to("CertificateView.printed", pk=row.pk)
            found.append(link("download", _l("下载"), url))
        found.append(link("verify", _l("查验"), paths.to("CertificateView.verify", pk=row.pk)))
        return [*found, *bodies.row_steps(CERTIFICATE, row.pk, row.status)]

    def bulk(self) -> list[Action]:
        """Give 下载 as one file, or one for each."""
        if acting().role is Role.PHYSICIAN:
            return []
        words = {"pdf": _l("下载为一个PDF"), "zip": _l("下载为压缩包")}
        return [
            actions.post(form, words[form], url_for("CertificateView.files", form=form))
            for form in certificate_files.FORMS
        ]

    @expose("/paper/<int:pk>")
    @protected("download")
    def printed(self, pk: int) -> Response:
        """Send one certificate as PDF; one that no longer counts is not printed again."""
        found = self.found(pk)
        if found.status is not CertificateStatus.VALID:
            flash(_("该证书已撤销或已补发，不能下载。"), "danger")
            return redirect(url_for("CertificateView.list"))
        content = certificate_files.drawn(db.session(), [found], base=site())
        return sendfile.pdf(f"{found.number}-{found.facts['name']}.pdf", content)

    @expose("/files/<string:form>", methods=["POST"])
    @protected("download")
    def files(self, form: str) -> Any:
        """Ask for the ticked, or all that the filter finds, as one file; what counts no longer is left out."""
        session = db.session()
        chosen = listpages.selected(self, Certificate)
        valid = Certificate.status == CertificateStatus.VALID
        ids = list(
            session.scalars(select(Certificate.id).where(chosen, valid).order_by(Certificate.id))
        )
        if form not in certificate_files.FORMS or not ids:
            flash(_("所选记录中没有有效的证书。"), "info")
            return redirect(url_for("CertificateView.list"))
        job = certificate_files.ask(session, ids, form=form, base=site(), actor=acting(), at=now())
        session.commit()
        return lead_to(job, _("正在生成证书，完成后可在本页下载。"))

    @expose("/verify/<int:pk>")
    @protected("list")
    def verify(self, pk: int) -> Any:
        """Go to the public page behind the certificate's QR code."""
        return redirect(url_for("VerifyView.verify", token=self.found(pk).token))
