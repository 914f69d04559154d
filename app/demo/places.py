"""What the demo's country looks like, as tables: authorities, institutions, departments, rules."""

from dataclasses import dataclass

from app.enums import AuthorityLevel, Category, InstitutionGrade, InstitutionKind
from app.rules import CycleRules

NATION, PROVINCE, CITY, COUNTY = AuthorityLevel


@dataclass(frozen=True)
class Office:
    """One authority: code, name, level, code of the parent, and who answers there."""

    code: str
    name: str
    level: AuthorityLevel
    parent: str | None
    username: str
    person: str
    phone: str


@dataclass(frozen=True)
class House:
    """One institution: its authority's code, name, clerk's account, and what it is."""

    authority: str
    name: str
    username: str
    person: str
    phone: str
    kind: InstitutionKind = InstitutionKind.HOSPITAL
    grade: InstitutionGrade = InstitutionGrade.SECOND_A
    beds: int = 300


@dataclass(frozen=True)
class Unit:
    """One department with its 诊疗科目, and whom it employs."""

    name: str
    subjects: tuple[str, ...]
    category: Category
    scope: str


SHANXI, SHAANXI = "140000", "610000"
OFFICES = (
    Office("000000", "国家卫生健康委员会", NATION, None, "nation", "梁正声", "010-62345678"),
    Office(
        SHANXI, "山西省卫生健康委员会", PROVINCE, "000000", "province", "裴知内", "0351-1234567"
    ),
    Office("140400", "长治市卫生健康委员会", CITY, SHANXI, "city", "申岳阳", "0355-2034567"),
    Office("140200", "大同市卫生健康委员会", CITY, SHANXI, "city-2", "邢若谷", "0352-2834567"),
    Office("140100", "太原市卫生健康委员会", CITY, SHANXI, "city-3", "武秉文", "0351-4034567"),
    Office("140213", "平城区卫生健康局", COUNTY, "140200", "county", "安守平", "0352-5034567"),
    Office("140403", "潞州区卫生健康局", COUNTY, "140400", "county-2", "牛向荣", "0355-3034567"),
    Office("140106", "迎泽区卫生健康局", COUNTY, "140100", "county-3", "温如玉", "0351-4134567"),
    Office(
        SHAANXI, "陕西省卫生健康委员会", PROVINCE, "000000", "province-sn", "雷长安", "029-87654321"
    ),
    Office("610100", "西安市卫生健康委员会", CITY, SHAANXI, "city-sn", "屈南山", "029-86787654"),
    Office("610113", "雁塔区卫生健康局", COUNTY, "610100", "county-sn", "同立新", "029-85387654"),
)

NEWCOMER = House("140400", "长治市医院", "hospital-new", "郭启明", "13903550101", beds=820)
PINGCHENG = House("140213", "平城区医院", "hospital", "尚成格", "13147873234")
NEIGHBOUR = House("610113", "雁塔区医院", "hospital-sn", "党晓峰", "13991340108")
_CENTRE = InstitutionKind.COMMUNITY_CENTRE
HOUSES = (
    NEWCOMER,
    PINGCHENG,
    House("140200", "大同市中医医院", "hospital-3", "蒋怀仁", "13903520103", beds=450),
    House("140403", "潞州区医院", "hospital-4", "连翘楚", "13903550104"),
    House(
        "140100",
        "太原市第二综合医院",
        "hospital-5",
        "阎百川",
        "13903510105",
        grade=InstitutionGrade.THIRD_A,
        beds=1200,
    ),
    House(
        "140106",
        "迎泽区社区卫生服务中心",
        "hospital-6",
        "柴思源",
        "13903510106",
        kind=_CENTRE,
        grade=InstitutionGrade.UNGRADED,
        beds=30,
    ),
)

_CLINICAL = Category.CLINICAL
UNITS = (
    Unit("内科", ("03",), _CLINICAL, "内科专业"),
    Unit("外科", ("04",), _CLINICAL, "外科专业"),
    Unit("儿科", ("07",), _CLINICAL, "儿科专业"),
    Unit("妇产科", ("05", "06"), _CLINICAL, "妇产科专业"),
    Unit("急诊科", ("20",), _CLINICAL, "急救医学专业"),
    Unit("口腔科", ("12",), Category.DENTAL, "口腔专业"),
    Unit("中医科", ("50",), Category.CHINESE, "中医专业"),
    Unit("预防保健科", ("01",), Category.PUBLIC_HEALTH, "公共卫生类别专业"),
)
STOPPED_UNIT = Unit("妇科", ("05",), _CLINICAL, "妇产科专业")

PROVINCIAL_GROUNDS = (
    "考核周期内参加援外、援藏、援疆医疗工作满六个月",
    "考核周期内参加突发公共卫生事件应急处置并受到市级以上表彰",
)
SHANXI_RULES = CycleRules(provincial_grounds=PROVINCIAL_GROUNDS)
SHAANXI_EXAM_IN = 37  # days from today: terms before it are to be seen
SHAANXI_RULES = CycleRules(
    papers_general=("医学人文", "业务水平"),
    papers_simplified=(),
    pass_mark_assistant=55,
    simplified_years_clean=10,
    statement_min_length=800,
)

SOCIETY = "长治医师定期考核中心"
OFFICE_OF_PINGCHENG = "平城区医院考核办公室"
SHAANXI_SOCIETY = "西安医师定期考核委员会"


def houses(count: int) -> tuple[House, ...]:
    """Give that many institutions of 山西省; further ones are numbered."""
    further = tuple(
        House("140403", f"潞州区第{number}医院", f"hospital-{number}", "连翘楚", "13903550104")
        for number in range(len(HOUSES) + 1, count + 1)
    )
    return (*HOUSES, *further)[:count]
