"""What comes in and goes out: files, programs, the registry, long work."""

from app.vocabularies.base import N_, Vocabulary


class ApiScope(Vocabulary):
    """What a token of the REST API may do, within what its identity may see and do."""

    INSTITUTIONS_READ = N_("读取医疗卫生机构")
    DEPARTMENTS_READ = N_("读取科室")
    PHYSICIANS_READ = N_("读取医师")
    PHYSICIANS_WRITE = N_("新增医师")
    PARTICIPATION_READ = N_("读取参加名单")
    PARTICIPATION_WRITE = N_("办理参加和取消参加")
    CASES_READ = N_("读取考核和操作日志")
    RESULTS_READ = N_("读取考核结果")

    @property
    def code(self) -> str:
        """How programs name it, e.g. ``physicians:read``."""
        return self.name.lower().replace("_", ":")


class WebhookEvent(Vocabulary):
    """What an address may be told of; the names are those of the workflows in capitals."""

    PARTICIPATION = N_("参加状态变化")
    ASSESSMENT = N_("考核状态变化")

    @property
    def code(self) -> str:
        """The workflow's name."""
        return self.name.lower()


class DeliveryState(Vocabulary):
    """Where a notice of the outbox stands."""

    WAITING = N_("待发送")
    DELIVERED = N_("已送达")
    FAILED = N_("发送失败")


class PracticeStatus(Vocabulary):
    ACTIVE = N_("执业")
    SUSPENDED = N_("暂停执业")
    RETIRED = N_("退休")
    CANCELLED = N_("注销注册")


class ConflictKind(Vocabulary):
    NAME = N_("姓名不一致")
    INSTITUTION = N_("执业机构未登记")
    INVALID = N_("注册信息有误")
    OPEN_CASE = N_("考核进行中变更机构")
    NOT_PRACTISING = N_("已不执业")


class ConflictStatus(Vocabulary):
    PENDING = N_("待匹配")
    ADOPTED = N_("已采用注册信息")
    KEPT = N_("已保留本系统信息")
    IGNORED = N_("已忽略")
    SUPERSEDED = N_("已被新变更取代")


class TransferSource(Vocabulary):
    SYNC = N_("注册系统同步")
    CONFLICT = N_("待匹配处理")
    REQUEST = N_("调入申请")
    AUTHORITY = N_("卫生行政部门调整")


class JobStatus(Vocabulary):
    """How far a job is; the last three are final."""

    QUEUED = N_("排队中")
    RUNNING = N_("进行中")
    DONE = N_("已完成")
    FAILED = N_("失败")
    CANCELLED = N_("已取消")


class ImportKind(Vocabulary):
    """What a spreadsheet brings (exchange/targets.py)."""

    PHYSICIAN = N_("医师")
    INSTITUTION = N_("医疗卫生机构")
    AUTHORITY = N_("行政机构")
    DEPARTMENT = N_("科室")
    CONDUCT = N_("执业行为记录")
    QUESTION = N_("试题")
    RESULT = N_("历史考核结果")
