"""考核委员会: the members an agency names, and what its authority reads of them (art. 9)."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.enums import CommitteeMemberKind, CommitteePost
from app.extensions import db
from app.models import Agency, CommitteeMember
from app.operations import committees
from app.queries.listing import Column, Listing
from app.views import paths
from app.views.actions import Action, post
from app.views.base import EntityView, Interface, acting, expose, protected
from app.views.clock import now
from app.views.filters import Filter, begins, contains, one_of, vocabulary_choices

_FACTS = ("name", "post", "kind", "title", "specialty", "unit")


class CommitteeMemberView(EntityView):
    """The members of one's own committee; an authority sees those of the agencies below."""

    datamodel = Interface(CommitteeMember)
    route_base = "/committee"
    name = _l("考核委员会")
    group = _l("机构管理")
    new_label = _l("新增成员")
    abilities = frozenset({"list", "add", "edit", "delete", "export"})
    add_columns = list(_FACTS)
    edit_columns = list(_FACTS)
    form_fieldsets = None
    label_columns = {
        "name": _l("姓名"),
        "post": _l("委员会职务"),
        "kind": _l("人员类别"),
        "title": _l("职称"),
        "specialty": _l("专业"),
        "unit": _l("工作单位"),
    }
    description_columns = {"title": _l("医疗专业人员必填，应为中级以上（管理办法第九条）。")}

    def listing(self) -> Listing:
        """List the members, the chair first."""
        c = CommitteeMember
        agency = (
            ()
            if acting().agency_id is not None
            else (Column(name="agency", label=_l("考核机构"), expression=Agency.name),)
        )
        return Listing(
            anchor=c,
            columns=(
                *agency,
                Column(name="name", label=_l("姓名"), expression=c.name),
                Column(name="post", label=_l("委员会职务"), expression=c.post),
                Column(name="kind", label=_l("人员类别"), expression=c.kind),
                Column(name="title", label=_l("职称"), expression=c.title),
                Column(name="specialty", label=_l("专业"), expression=c.specialty),
                Column(name="unit", label=_l("工作单位"), expression=c.unit),
            ),
            details=lambda statement: statement.outerjoin(Agency, Agency.id == c.agency_id),
            order=(c.agency_id, c.id),
        )

    def filters(self) -> Sequence[Filter]:
        """Filter by agency, name, post and kind."""
        c = CommitteeMember
        return (
            Filter(
                name="agency", label=_l("考核机构"), kind="text",
                build=lambda text: c.agency.has(contains(Agency.name)(text)),
            ),
            Filter(name="name", label=_l("姓名"), kind="text", build=begins(c.name)),
            Filter(
                name="post", label=_l("委员会职务"), kind="choice",
                build=one_of(c.post, CommitteePost), choices=vocabulary_choices(CommitteePost),
            ),
            Filter(
                name="member_kind", label=_l("人员类别"), kind="choice",
                build=one_of(c.kind, CommitteeMemberKind),
                choices=vocabulary_choices(CommitteeMemberKind),
            ),
        )  # fmt: skip

    def row_actions(self, row: Any) -> list[Action]:
        """Give 编辑 and 删除 to the agency."""
        found = super().row_actions(row)
        if self.may("delete"):
            ask = _("确定要删除考核委员会成员“%(name)s”吗？", name=row.name)
            url = paths.to("CommitteeMemberView.delete", pk=row.pk)
            found.append(post("delete", _l("删除"), url, confirm=ask, tone="danger"))
        return found

    def create(self, form: Any) -> CommitteeMember:
        """Take a member up."""
        session = db.session()
        own = session.get_one(Agency, acting().agency_id)
        return committees.add(session, own, _said(form), actor=acting(), at=now())

    def update(self, item: Any, form: Any) -> None:
        """Store the changes."""
        committees.change(db.session(), item, _said(form), actor=acting(), at=now())

    @expose("/delete/<int:pk>", methods=["POST"])
    @protected("delete")
    def delete(self, pk: int) -> Any:
        """Take a member off."""
        item = self.found(pk)
        name = item.name
        committees.remove(db.session(), item, actor=acting(), at=now())
        db.session.commit()
        flash(_("考核委员会成员“%(name)s”已删除。", name=name), "success")
        return redirect(url_for("CommitteeMemberView.list"))


def _said(form: Any) -> dict[str, Any]:
    return {name: form[name].data for name in _FACTS}
