"""Cycles and their windows."""

from app.vocabularies.base import N_, Vocabulary


class ScheduleWindow(Vocabulary):
    """The parts of 考核安排 (manual 1.8)."""

    CYCLE = N_("当前考核周期信息")
    AGENCY_APPLICATION = N_("申请考核医疗机构")
    REGISTRATION = N_("医师报审申报时间")
    REVIEW = N_("报名信息审核时间")
    EXAMINATION = N_("计划测评考核时间")


class CycleStatus(Vocabulary):
    DRAFT = N_("筹备中")
    OPEN = N_("进行中")
    CLOSED = N_("已结束")
