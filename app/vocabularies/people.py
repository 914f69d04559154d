"""People and accounts."""

from app.vocabularies.base import N_, Vocabulary


class Role(Vocabulary):
    """Who acts. ``SYSTEM`` is the clock and the effects of other steps, never a person."""

    SYSTEM_ADMIN = N_("系统管理员")
    SECURITY_ADMIN = N_("安全管理员")
    AUDIT_ADMIN = N_("审计管理员")
    AUTHORITY = N_("卫生行政部门")
    INSTITUTION = N_("医疗卫生机构")
    AGENCY = N_("考核机构")
    PHYSICIAN = N_("医师")
    PROCTOR = N_("监考人员")
    SYSTEM = N_("系统")


class AccountState(Vocabulary):
    """``INITIAL``: no password is stored; what opens it is INITIAL_PASSWORD_MODE (decision 0005)."""

    INITIAL = N_("初始状态")
    ACTIVE = N_("正常")
    STOPPED = N_("已停用")


class Sex(Vocabulary):
    MALE = N_("男")
    FEMALE = N_("女")


class IdType(Vocabulary):
    """WS 364 证件类型."""

    RESIDENT = N_("居民身份证")
    HOUSEHOLD = N_("居民户口簿")
    PASSPORT = N_("护照")
    OFFICER = N_("军官证")
    DRIVER = N_("驾驶证")
    HONGKONG_MACAO = N_("港澳居民来往内地通行证")
    TAIWAN = N_("台湾居民来往内地通行证")
    OTHER = N_("其他法定有效证件")


class PhysicianLevel(Vocabulary):
    PHYSICIAN = N_("执业医师")
    ASSISTANT = N_("执业助理医师")

    @property
    def code(self) -> str:
        """The first digit of the 医师执业证书编码."""
        return {"PHYSICIAN": "1", "ASSISTANT": "2"}[self.name]


class Category(Vocabulary):
    """执业类别."""

    CLINICAL = N_("临床")
    DENTAL = N_("口腔")
    PUBLIC_HEALTH = N_("公共卫生")
    CHINESE = N_("中医")
    ETHNIC = N_("民族医")
    INTEGRATED = N_("中西医结合")

    @property
    def code(self) -> str:
        """Two digits, as in certificates."""
        codes = {"CLINICAL": "10", "DENTAL": "20", "PUBLIC_HEALTH": "30"}
        codes |= {"CHINESE": "41", "ETHNIC": "42", "INTEGRATED": "43"}
        return codes[self.name]


class Title(Vocabulary):
    """职称, GB/T 8561 231 to 235."""

    CHIEF = N_("主任医师")
    DEPUTY_CHIEF = N_("副主任医师")
    ATTENDING = N_("主治医师")
    RESIDENT = N_("医师")
    JUNIOR = N_("医士")
    NONE = N_("无")


class Education(Vocabulary):
    DOCTOR = N_("博士研究生")
    MASTER = N_("硕士研究生")
    BACHELOR = N_("大学本科")
    COLLEGE = N_("大学专科")
    SECONDARY = N_("中等专科")
    HIGH_SCHOOL = N_("普通高中")
    OTHER = N_("其他")
