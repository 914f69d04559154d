"""Messages and announcements."""

from app.vocabularies.base import N_, Vocabulary


class MessageKind(Vocabulary):
    """What a message is about."""

    RETURNED = N_("驳回、退回")
    PASSED = N_("审核进展")
    RESULT = N_("考核结果")
    REMINDER = N_("截止提醒")
    TAKING_PART = N_("参加考核")
    APPOINTMENT = N_("指派变动")
    CYCLE = N_("周期开放")
    ACCOUNT = N_("账号安全")
    JOB = N_("任务结果")


class Audience(Vocabulary):
    """Whom an announcement is for."""

    ALL = N_("全部")
    INSTITUTIONS = N_("医疗卫生机构")
    PHYSICIANS = N_("医师")
    AGENCIES = N_("考核机构及监考人员")
