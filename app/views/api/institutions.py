"""医疗卫生机构 and 科室 for programs: read only."""

from sqlalchemy.orm import selectinload

from app.enums import ApiScope, BodyStatus, InstitutionGrade, InstitutionKind, Ownership
from app.models import Department, Institution
from app.views.api.fields import Field, Resource, number, text, word
from app.views.api.reading import many, one
from app.views.api.table import Operation, by_id, by_word

INSTITUTION = Resource(
    "Institution",
    "医疗卫生机构",
    (
        number("id"),
        text("uscc", "统一社会信用代码"),
        text("name"),
        text("licence_number", "医疗机构执业许可证登记号", nullable=True),
        word("kind", InstitutionKind),
        word("grade", InstitutionGrade),
        word("ownership", Ownership),
        number("beds", nullable=True),
        word("status", BodyStatus),
        number("authority_id", "隶属卫生行政部门"),
        number("version"),
    ),
)
_CODES = {"type": "array", "items": {"type": "string"}, "description": "诊疗科目代码"}
DEPARTMENT = Resource(
    "Department",
    "科室",
    (
        number("id"),
        number("institution_id"),
        text("name"),
        word("status", BodyStatus),
        Field("subjects", _CODES, lambda row: sorted(link.subject.code for link in row.links)),
        number("version"),
    ),
)
_LINKS = (selectinload(Department.links),)

OPERATIONS = (
    Operation(
        name="list_institutions",
        path="/institutions",
        summary="列出范围内的医疗卫生机构",
        scope=ApiScope.INSTITUTIONS_READ,
        answer=INSTITUTION,
        is_list=True,
        filters=(by_word("status", Institution.status, BodyStatus),),
        run=many(Institution),
    ),
    Operation(
        name="get_institution",
        path="/institutions/{id}",
        summary="读取一个医疗卫生机构",
        scope=ApiScope.INSTITUTIONS_READ,
        answer=INSTITUTION,
        has_version=True,
        run=one(Institution),
    ),
    Operation(
        name="list_departments",
        path="/departments",
        summary="列出范围内的科室",
        scope=ApiScope.DEPARTMENTS_READ,
        answer=DEPARTMENT,
        is_list=True,
        filters=(
            by_id("institution_id", Department.institution_id),
            by_word("status", Department.status, BodyStatus),
        ),
        run=many(Department, options=_LINKS),
    ),
    Operation(
        name="get_department",
        path="/departments/{id}",
        summary="读取一个科室",
        scope=ApiScope.DEPARTMENTS_READ,
        answer=DEPARTMENT,
        has_version=True,
        run=one(Department, options=_LINKS),
    ),
)
