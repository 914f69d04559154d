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
    """测评状态 of one paper; the last three are final."""

    NOT_STARTED = N_("未开始")
    ENTERED = N_("成绩待复核")
    DONE = N_("已完成")
    ABSENT = N_("缺考")
    EXEMPT = N_("免考")


class Difficulty(Vocabulary):
    EASY = N_("易")
    MEDIUM = N_("中")
    HARD = N_("难")
