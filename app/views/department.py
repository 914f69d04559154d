"""科室信息 (manual 1.3): a hospital's own departments; the authorities above only read them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.enums import BodyStatus
from app.extensions import db
from app.models import Department, Institution
from app.operations import departments as operations
from app.operations.departments import DepartmentRefused
from app.queries import departments, subjects, trail
from app.queries.listing import Column, Listing
from app.views import actions, casefacts, department_move
from app.views.actions import Action
from app.views.base import EntityView, Interface, acting, expose, page, protected
from app.views.clock import now
from app.views.filters import Filter, one_of, starts_with, vocabulary_choices
from app.views.import_links import import_button
from app.views.rownumbers import row_number
from app.workflows.body import DEPARTMENT
from app.workflows.offers import Body, startable

_CONFIRM = {
    "stop": _l("停用后，医师完善报名信息时不能再选择该科室。确定要停用吗？"),
    "start": _l("启用后，医师完善报名信息时可以选择该科室。确定要启用吗？"),
}


class DepartmentForm(FlaskForm):
    """创建科室 and 编辑科室."""

    name = StringField(
        _l("科室"),
        [
            InputRequired(_l("请填写科室名称。")),
            Length(max=64, message=_l("科室名称不能超过64字。")),
        ],
        render_kw={"maxlength": 64},
    )
    subjects = SelectMultipleField(
        _l("关联诊疗科目"),
        [InputRequired(_l("请至少选择一个关联诊疗科目。"))],
        description=_l("可多选，可输入名称查找。医师的从事专业从这里选择。"),
    )
    version = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subjects.choices = [SelectChoice(*row) for row in subjects.choices(db.session())]

    @property
    def subject_ids(self) -> list[int]:
        """The chosen 诊疗科目."""
        return [int(pk) for pk in self.subjects.data or ()]


class DepartmentView(EntityView):
    """The list of departments and the form of one."""

    datamodel = Interface(Department)
    route_base = "/departments"
    name = _l("科室信息")
    new_label = _l("创建科室")
    abilities = frozenset({"list", "show", "add", "edit", "delete", "export"})
    add_form = DepartmentForm
    edit_form = DepartmentForm

    def listing(self) -> Listing:
        """Give name, 诊疗科目 and status; with the institution for who sees many."""
        owner = Column(name="institution", label=_l("医疗卫生机构"), expression=Institution.name)
        return Listing(
            anchor=Department,
            columns=(
                *((owner,) if _sees_many() else ()),
                Column(name="name", label=_l("科室"), expression=Department.name, sort=True),
                Column(
                    name="subjects",
                    label=_l("关联诊疗科目"),
                    expression=departments.subject_names(),
                ),
                Column(name="status", label=_l("状态"), expression=Department.status),
            ),
            source=_with_institution if _sees_many() else _alone,
        )

    def filters(self) -> Sequence[Filter]:
        """Give name and status, and the institution for who sees many."""
        owner = Filter(
            name="institution",
            label=_l("医疗卫生机构"),
            kind="text",
            build=starts_with(Institution.name),
        )
        return (
            *((owner,) if _sees_many() else ()),
            Filter(name="name", label=_l("科室"), kind="text", build=starts_with(Department.name)),
            Filter(
                name="status",
                label=_l("状态"),
                kind="choice",
                build=one_of(Department.status, BodyStatus),
                choices=vocabulary_choices(BodyStatus),
            ),
        )

    def toolbar(self) -> list[Action]:
        """Give 创建科室 and 批量导入科室."""
        security, label = self.appbuilder.sm, _l("批量导入科室")
        return [*super().toolbar(), *import_button(security, "DepartmentImportView", label)]

    def row_actions(self, row: Any) -> list[Action]:
        """Give 停用 or 启用, 编辑 and 删除; 查看 to who may only read."""
        if not self.may("edit"):
            return super().row_actions(row)
        offers = startable(DEPARTMENT, db.session(), Body(row.status), actor=acting(), at=now())
        steps = actions.steps(DEPARTMENT.name, row.pk, offers)
        return [
            *(replace(step, confirm=_CONFIRM[step.name]) for step in steps),
            actions.link("edit", _l("编辑"), url_for("DepartmentView.edit", pk=row.pk)),
            actions.post(
                "delete",
                _l("删除"),
                url_for("DepartmentView.delete", pk=row.pk),
                confirm=_("确定要删除科室“%(name)s”吗？", name=row.name),
                tone="danger",
            ),
            actions.link("move", _l("移动医师"), url_for("DepartmentView.move", pk=row.pk)),
            actions.link("show", _l("变更记录"), url_for("DepartmentView.show", pk=row.pk)),
        ]

    def show_groups(self, item: Any) -> list[tuple[Any, list[tuple[Any, Any]]]]:
        """Give the facts of one department."""
        return [
            (
                None,
                [
                    (_l("医疗卫生机构"), item.institution.name),
                    (_l("科室"), item.name),
                    (_l("关联诊疗科目"), item.subject_names),
                    (_l("状态"), item.status.label),
                ],
            )
        ]

    def prefill(self, form: Any, item: Any) -> None:
        """Tick the department's 诊疗科目."""
        if item is not None:
            form.subjects.data = [str(link.subject_id) for link in item.links]

    def create(self, form: Any) -> Department:
        """Store a new department of the actor's institution."""
        session = db.session()
        return operations.create_department(
            session,
            institution=session.get_one(Institution, acting().institution_id),
            name=form.name.data,
            subject_ids=form.subject_ids,
            actor=acting(),
            at=now(),
        )

    def update(self, item: Any, form: Any) -> None:
        """Store the changes unless somebody else was faster."""
        operations.update_department(
            db.session(),
            item.id,
            name=form.name.data,
            subject_ids=form.subject_ids,
            version=row_number(form.version.data) or 0,
            actor=acting(),
            at=now(),
        )

    @expose("/show/<int:pk>")
    @protected("show")
    def show(self, pk: int) -> Any:
        """Draw a department with what was changed of it."""
        item = self.found(pk)
        entries = trail.of_subject(db.session(), subject=DEPARTMENT.name, subject_id=item.id)
        drawn = {
            "groups": self.show_groups(item),
            "actions": self.show_actions(item),
            "back_url": url_for("DepartmentView.list"),
            "timeline": list(reversed(casefacts.timeline(entries))),
        }
        return page("department/show.html", title=item.name, crumbs=self.crumbs(), page=drawn)

    @expose("/move/<int:pk>", methods=["GET", "POST"])
    @protected("edit")
    def move(self, pk: int) -> Any:
        """Move physicians to another department, or merge the whole department into it."""
        return department_move.answer(self, self.found(pk))

    @expose("/delete/<int:pk>", methods=["POST"])
    @protected("delete")
    def delete(self, pk: int) -> Any:
        """Delete a department, or say why not."""
        try:
            name = operations.delete_department(db.session(), pk, actor=acting(), at=now())
            db.session.commit()
        except DepartmentRefused as refusal:
            db.session.rollback()
            flash(str(refusal.message), "danger")
        else:
            flash(_("科室“%(name)s”已删除。", name=name), "success")
        return redirect(url_for("DepartmentView.list"))


def _sees_many() -> bool:
    return acting().institution_id is None


def _alone(statement: Any) -> Any:
    return statement


def _with_institution(statement: Any) -> Any:
    return statement.join(Institution, Institution.id == Department.institution_id)
