"""Participations, assessments and what they are judged by."""

from app.vocabularies.base import N_, Vocabulary


class ParticipationStatus(Vocabulary):
    """参加状态 (domain 3.1)."""

    UNCONFIRMED = N_("未确认参加")
    CONFIRMED = N_("已确认参加")
    AWAY = N_("离岗")
    MOVED = N_("已转出")


class Procedure(Vocabulary):
    """考核程序, art. 21."""

    GENERAL = N_("一般程序")
    SIMPLIFIED = N_("简易程序")


class AssessmentStatus(Vocabulary):
    """考核状态 (domain 3.1); the manual's words are verbatim."""

    AWAITING_FORM = N_("待填报信息")
    AWAITING_INSTITUTION = N_("待医疗机构审核")
    INSTITUTION_REJECTED = N_("医疗机构驳回")
    AWAITING_AGENCY = N_("待考核机构复核")
    AGENCY_REJECTED = N_("考核机构驳回")
    AWAITING_EXAM = N_("待参加测评")
    DEFERRED = N_("延期考核")
    AWAITING_MAKEUP = N_("待参加补考")
    AWAITING_VERDICT = N_("待认定结果")
    COMPLETED = N_("考核完成")
    HALTED = N_("停止考核")


class Verdict(Vocabulary):
    """An opinion on a part, or the result of the whole (art. 22)."""

    PASS = N_("合格")
    FAIL = N_("不合格")


class OpinionPart(Vocabulary):
    """What an opinion judges (art. 11; 医师法 art. 42 for the wording)."""

    WORK = N_("工作业绩")
    ETHICS = N_("职业道德")


class EthicsGrade(Vocabulary):
    """自评 and 医德考评 grades."""

    EXCELLENT = N_("优秀")
    GOOD = N_("良好")
    FAIR = N_("一般")
    POOR = N_("较差")


class EthicsItem(Vocabulary):
    """The seven items of 职业道德自评 (domain 1.4)."""

    LIFE_SAVING = N_("救死扶伤，全心全意为人民服务")
    RIGHTS = N_("尊重患者权利，保守医疗秘密")
    SERVICE = N_("文明礼貌，优质服务，构建和谐医患关系")
    INTEGRITY = N_("遵纪守法，廉洁行医")
    TREATMENT = N_("因病施治，规范医疗服务行为")
    TEAMWORK = N_("顾全大局，团结协作，和谐共事")
    RIGOUR = N_("严谨求实，努力提高专业技术水平")


class SimplifiedGround(Vocabulary):
    """简易程序 conditions, art. 21."""

    FIVE_YEARS_GOOD = N_("执业5年以上，考核周期内有良好行为记录")
    TWELVE_YEARS_CLEAN = N_("执业12年以上，考核周期内无不良行为记录")
    PROVINCIAL = N_("省级以上卫生行政部门规定的其他情形")


class HoldUp(Vocabulary):
    """Why a case stands still although it is the physician's turn."""

    NEVER_IN = N_("尚未登录")
    DRAFT = N_("草稿未提交")
    REJECTED = N_("驳回未修改")


class AwayReason(Vocabulary):
    """Why somebody is away; of the last two the authority alone decides."""

    LEFT = N_("离职")
    RETIRED = N_("退休")
    STUDY = N_("进修")
    AID = N_("援外")
    SICK = N_("病假")
    OTHER = N_("其他")
    DECEASED = N_("离世")
    DEREGISTERED = N_("注销注册")


class ExemptionStatus(Vocabulary):
    """免考状态 (domain 3.1). ``NONE``: a draft at most."""

    NONE = N_("无")
    AWAITING_INSTITUTION = N_("待医疗机构审核")
    AWAITING_AGENCY = N_("待考核机构复核")
    PASSED = N_("已通过")
    REJECTED = N_("已驳回")


class DeferralStatus(Vocabulary):
    """延考状态 (domain 3.1), with the two who decide one after the other (T17)."""

    NONE = N_("无")
    AWAITING_INSTITUTION = N_("待医疗机构审核")
    AWAITING_AGENCY = N_("待考核机构复核")
    APPROVED = N_("已批准")
    REJECTED = N_("已驳回")
