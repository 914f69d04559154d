"""批量导入 of physicians and of whatever else comes in files: one set of pages, a target each."""

from flask_babel import lazy_gettext as _l

from app.enums import ImportKind
from app.views.imports import ImportView


class RosterImportView(ImportView):
    """The page behind the button 批量导入医师 of the physicians' list."""

    route_base = "/roster-import"
    kind = ImportKind.PHYSICIAN
    title = _l("批量导入医师")
    group = _l("医师管理")
    list_name = _l("医师列表")
    list_endpoint = "PhysicianView.list"


class DepartmentImportView(ImportView):
    """The page behind 批量导入科室 of the departments' list."""

    route_base = "/department-import"
    kind = ImportKind.DEPARTMENT
    title = _l("批量导入科室")
    group = None
    list_name = _l("科室信息")
    list_endpoint = "DepartmentView.list"


class InstitutionImportView(ImportView):
    """The page behind 批量导入医疗卫生机构 of the authority's list."""

    route_base = "/institution-import"
    kind = ImportKind.INSTITUTION
    title = _l("批量导入医疗卫生机构")
    group = _l("机构管理")
    list_name = _l("医疗卫生机构管理")
    list_endpoint = "InstitutionView.list"


class AuthorityImportView(ImportView):
    """The page behind 批量导入下级行政机构 of the list of authorities."""

    route_base = "/authority-import"
    kind = ImportKind.AUTHORITY
    title = _l("批量导入下级行政机构")
    group = _l("机构管理")
    list_name = _l("下级行政机构")
    list_endpoint = "AuthorityView.list"


class ConductImportView(ImportView):
    """The page behind 批量导入执业行为记录 of the queue of 一般程序审核."""

    route_base = "/conduct-import"
    kind = ImportKind.CONDUCT
    title = _l("批量导入执业行为记录")
    group = _l("考核管理")
    list_name = _l("一般程序审核")
    list_endpoint = "GeneralReviewView.list"


class QuestionImportView(ImportView):
    """The page behind 批量导入试题 of the bank."""

    route_base = "/question-import"
    kind = ImportKind.QUESTION
    title = _l("批量导入试题")
    group = _l("测评管理")
    list_name = _l("题库")
    list_endpoint = "QuestionView.list"


class ResultImportView(ImportView):
    """The page behind 批量导入历史考核结果 of 历史考核结果查询."""

    route_base = "/result-import"
    kind = ImportKind.RESULT
    title = _l("批量导入历史考核结果")
    group = None
    list_name = _l("历史考核结果查询")
    list_endpoint = "HistoryView.list"
