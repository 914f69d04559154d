"""业务水平测评: the bank of questions and how papers are drawn from it."""

from app.vocabularies.base import N_, Vocabulary


class QuestionKind(Vocabulary):
    """题型 of Chinese medical examinations; A3 stands for A3 and A4, which share a stem."""

    A1 = N_("A1型题（单句最佳选择）")
    A2 = N_("A2型题（病例摘要最佳选择）")
    A3 = N_("A3/A4型题（共用题干）")
    B1 = N_("B1型题（共用备选答案）")
    X = N_("X型题（多项选择）")
    TF = N_("判断题")


class QuestionStatus(Vocabulary):
    DRAFT = N_("待审题")
    REVIEWED = N_("已审定")
    RETIRED = N_("已停用")


class PaperStatus(Vocabulary):
    """测评状态 of one paper."""

    NOT_STARTED = N_("未开始")
    SITTING = N_("进行中")
    HANDED_IN = N_("已交卷")
    ENTERED = N_("成绩待复核")
    DONE = N_("已完成")
    ABSENT = N_("缺考")
    EXEMPT = N_("免考")
    VOID = N_("作废")


class Difficulty(Vocabulary):
    EASY = N_("易")
    MEDIUM = N_("中")
    HARD = N_("难")


class SessionRound(Vocabulary):
    """Whom a 测评场次 is for."""

    ANY = N_("测评和补考")
    FIRST = N_("测评")
    MAKEUP = N_("补考")


class SittingEnd(Vocabulary):
    """How an answer sheet was closed."""

    HANDED_IN = N_("本人交卷")
    TIMED_OUT = N_("到时自动交卷")
    TERMINATED = N_("终止作答")


class MarkStatus(Vocabulary):
    """标记状态 of one sitting (manual 1.9.2)."""

    NONE = N_("无")
    SUSPECTED = N_("疑似")
    CONFIRMED = N_("已认定")


class MarkReason(Vocabulary):
    """Why a sitting was marked (domain 2.6)."""

    IMPERSONATION = N_("替考")
    SEVERAL_PEOPLE = N_("多人入镜")
    LEFT_FRAME = N_("离开画面")
    COVERED_CAMERA = N_("遮挡摄像头")
    STILL_PICTURE = N_("翻拍或静态照片")
    MATERIAL = N_("使用资料")
    OTHER_PAGE = N_("切屏")
    OTHER = N_("其他")


class Incident(Vocabulary):
    """Why a proctor paused, extended or ended a sitting."""

    NETWORK = N_("网络故障")
    DEVICE = N_("设备故障")
    POWER = N_("停电")
    HEALTH = N_("身体不适")
    DISCIPLINE = N_("违反测评纪律")
    OTHER = N_("其他情况")


class SittingEventKind(Vocabulary):
    """What happened during a sitting; evidence for people, never a verdict."""

    BEGUN = N_("开始作答")
    OPENED = N_("打开答题页")
    OTHER_DEVICE = N_("更换设备或浏览器")
    SECOND_TAB = N_("同时打开多个答题页")
    LEFT_PAGE = N_("离开答题页")
    CAME_BACK = N_("返回答题页")
    CAMERA_LOST = N_("摄像头中断")
    CAMERA_BACK = N_("摄像头恢复")
    OFFLINE = N_("网络中断")
    ONLINE = N_("网络恢复")
    CLOCK_CHANGED = N_("本机时间变化")
    MESSAGE = N_("监考消息")
    PAUSED = N_("暂停作答")
    CONTINUED = N_("继续作答")
    EXTENDED = N_("延长时间")
