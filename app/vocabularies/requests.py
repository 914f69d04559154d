"""What people ask for beside the roster and the case."""

from app.vocabularies.base import N_, Vocabulary


class RequestStatus(Vocabulary):
    """Where a request stands that one body decides (states are ours)."""

    AWAITING = N_("待审核")
    PASSED = N_("已通过")
    REJECTED = N_("已驳回")
    WITHDRAWN = N_("已撤回")


class CorrectedField(Vocabulary):
    """What of a physician's identity a 更正申请 may name (domain 2.3)."""

    NAME = N_("姓名")
    ID_NUMBER = N_("证件号码")
    SEX = N_("性别")
    BIRTH_DATE = N_("出生日期")
    LEVEL = N_("医师级别")
    CATEGORY = N_("执业类别")
    PRACTICE_SCOPE = N_("执业范围")
    QUALIFICATION_CODE = N_("医师资格证书编码")
    LICENCE_CODE = N_("医师执业证书编码")
    LICENSED_ON = N_("执业证取得时间")
    FIRST_REGISTERED_ON = N_("首次注册时间")


class OutsideOpinionStatus(Vocabulary):
    """多执业机构其它意见 that another practice place of the system is asked for (states are ours)."""

    AWAITING = N_("待出具")
    GIVEN = N_("已出具")


class DisqualifyingActKind(Vocabulary):
    """The acts that force 不合格 (art. 27; domain 1.3)."""

    MALPRACTICE = N_("在发生的医疗事故中负有完全或主要责任")
    OUTSIDE_PLACE = N_("未经批准在注册地点以外执业")
    OUTSIDE_CATEGORY = N_("跨执业类别执业")
    SAT_FOR_ANOTHER = N_("代他人参加医师资格考试")
    DEMANDED_FROM_PATIENTS = N_("向患者及家属索要财物或牟取其他不正当利益")
    KICKBACKS_FROM_FIRMS = N_(
        "索要或收受医疗器械、药品、试剂等生产、销售企业的回扣或其他不正当利益"
    )
    KICKBACKS_FOR_REFERRALS = N_("通过介绍患者检查、治疗或购买药品、医疗器械等收取回扣")
    FALSE_CERTIFICATES = N_("出具虚假医学证明文件，参与虚假医疗广告宣传和药品、医疗器械促销")
    INFECTION_SPREAD = N_("未按规定执行医院感染控制任务，造成疾病传播")
    LEAKED_PRIVACY = N_("故意泄露传染病患者、密切接触者的个人隐私资料")
    NEGLECTED_SURVEILLANCE = N_("疾病预防控制医师不履行监测、报告、调查、处理职责，造成严重后果")
    POOR_ETHICS = N_("考核周期内医德考评有一次以上为较差")
    REFUSED_ASSESSMENT = N_("无正当理由不参加考核或扰乱考核秩序")
    PENALTY = N_("违反医师法受到行政处罚")
