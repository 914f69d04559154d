"""Bodies and their appointments."""

from app.vocabularies.base import N_, Vocabulary


class AuthorityLevel(Vocabulary):
    NATION = N_("国家")
    PROVINCE = N_("省级")
    CITY = N_("市级")
    COUNTY = N_("县级")


class BodyStatus(Vocabulary):
    ACTIVE = N_("正常")
    STOPPED = N_("已停用")


class AgencyStatus(Vocabulary):
    """``DISQUALIFIED``: lost its standing for two cycles or more (art. 29)."""

    ACTIVE = N_("正常")
    STOPPED = N_("已停用")
    DISQUALIFIED = N_("已取消资格")


ACTIVE_BODIES = frozenset({BodyStatus.ACTIVE, AgencyStatus.ACTIVE})
"""The states of bodies in operation, whatever their kind."""


class InstitutionKind(Vocabulary):
    """WS 218-2002, first letter."""

    HOSPITAL = N_("医院")
    COMMUNITY_CENTRE = N_("社区卫生服务中心（站）")
    TOWNSHIP_CENTRE = N_("卫生院")
    CLINIC = N_("门诊部、诊所、医务室、村卫生室")
    EMERGENCY = N_("急救中心（站）")
    BLOOD = N_("采供血机构")
    MATERNITY = N_("妇幼保健院（所、站）")
    SPECIAL_PREVENTION = N_("专科疾病防治院（所、站）")
    DISEASE_CONTROL = N_("疾病预防控制中心")
    OTHER = N_("其他卫生机构")


class InstitutionGrade(Vocabulary):
    THIRD_A = N_("三级甲等")
    THIRD_B = N_("三级乙等")
    THIRD = N_("三级未定等")
    SECOND_A = N_("二级甲等")
    SECOND_B = N_("二级乙等")
    SECOND = N_("二级未定等")
    FIRST_A = N_("一级甲等")
    FIRST = N_("一级未定等")
    UNGRADED = N_("未定级")


class Ownership(Vocabulary):
    NON_PROFIT = N_("非营利性")
    PROFIT = N_("营利性")


class AgencyKind(Vocabulary):
    """Art. 7 of the 管理办法: who may be entrusted."""

    MEDICAL = N_("医疗机构")
    PREVENTION = N_("预防、保健机构")
    SOCIETY = N_("医疗卫生行业、学术组织")


class AppointmentStatus(Vocabulary):
    ACTIVE = N_("已指派")
    WITHDRAWN = N_("已取消")


class AgencyApplicationStatus(Vocabulary):
    """审核状态 of 申请考核机构 (manual 1.4)."""

    DRAFT = N_("未提交")
    AWAITING = N_("待审核")
    PASSED = N_("通过")
    REJECTED = N_("驳回")
