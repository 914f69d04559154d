"""Results: filing, what they rest on, certificates, objections and what follows 不合格."""

from app.vocabularies.base import N_, Vocabulary


class FilingStatus(Vocabulary):
    """备案状态 of a conclusion (art. 15; 医师法 art. 42)."""

    AWAITING = N_("待备案")
    FILED = N_("已备案")
    REOPENED = N_("重新考核中")


class ResultPart(Vocabulary):
    """The three parts of the result (art. 2), and what decides the whole at once."""

    WORK = N_("工作业绩")
    ETHICS = N_("职业道德")
    EXAM = N_("业务水平")
    WHOLE = N_("考核整体")


class ResultGround(Vocabulary):
    """Why a part is 合格 or 不合格; the article stands in ``app.results.ARTICLES``."""

    OPINION = N_("评定意见")
    PAPER = N_("测评成绩")
    EXEMPT = N_("免考")
    VOID = N_("认定作弊")
    ABSENT = N_("缺考")
    NO_PAPER = N_("本程序无需测评")
    SKIPPED = N_("不再参加测评")
    ACT = N_("第二十七条情形")
    LAPSED = N_("周期结束未参加考核")
    REVISED = N_("复核改判")
    FRAUD = N_("以不正当手段取得结果")


class CertificateStatus(Vocabulary):
    """What a 合格证书 is worth."""

    VALID = N_("有效")
    REVOKED = N_("撤销")
    REPLACED = N_("补发")


class ObjectionStatus(Vocabulary):
    """复核申请 (art. 24)."""

    AWAITING = N_("已申请")
    UPHELD = N_("维持")
    CHANGED = N_("改判")
    WITHDRAWN = N_("已撤回")


class RemedyStatus(Vocabulary):
    """后续处置 after 不合格 (art. 26; 医师法 art. 42)."""

    PENDING = N_("待处置")
    SUSPENDED = N_("暂停执业中")
    TRAINING = N_("培训/跟班带教中")
    AWAITING = N_("待再次考核")
    PASSED = N_("再次考核合格")
    REPORTED = N_("报送注销注册")
    DEREGISTERED = N_("已注销注册")
    CANCELLED = N_("已解除")


class RemedyGround(Vocabulary):
    """What the disposal follows from."""

    FAILED = N_("考核不合格")
    ABSENT_TWICE = N_("连续两个周期未参加考核")
