"""What authorities do beside the cases, and the committees of the agencies."""

from app.vocabularies.base import N_, Vocabulary


class CommitteePost(Vocabulary):
    CHAIR = N_("主任委员")
    DEPUTY = N_("副主任委员")
    MEMBER = N_("委员")


class CommitteeMemberKind(Vocabulary):
    """Art. 9: whom a 考核委员会 is made of."""

    MEDICAL = N_("医疗专业人员")
    MANAGER = N_("卫生管理人员")


class PenaltyKind(Vocabulary):
    """行政处罚 of the 医师法, chapter 6."""

    WARNING = N_("警告")
    FINE = N_("罚款")
    CONFISCATION = N_("没收违法所得")
    SUSPENSION = N_("责令暂停执业活动")
    REVOCATION = N_("吊销医师执业证书")


class Stratum(Vocabulary):
    """By what a sample of a 抽查 is stratified."""

    AREA = N_("地区")
    INSTITUTION = N_("医疗卫生机构")
    CATEGORY = N_("执业类别")
    PROCEDURE = N_("考核程序")


class Finding(Vocabulary):
    """What a 抽查 found of one case (art. 10)."""

    CONFIRMED = N_("属实")
    DIFFERENT = N_("与事实不符")
