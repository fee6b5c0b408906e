"""Who plays in the demonstration: made-up hospitals, people, agreements and DICOM peers. Nothing here is real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PASSWORD = "demo-2026"  # noqa: S105 (printed at the start of every demonstration, and good for nothing else)

Writing = Literal["GB18030", "GBK as Latin-1", "UTF-8"]
"""How a hospital's scanners write Chinese: GB18030 as declared, GBK while claiming ISO_IR 100, or UTF-8 as declared."""


@dataclass(frozen=True, slots=True)
class Site:
    """A hospital of the alliance; counties have a DICOM sender with its own AE title."""

    code: str
    name: str
    level: str
    parent: str | None = None
    ae_title: str | None = None
    writing: Writing = "UTF-8"


@dataclass(frozen=True, slots=True)
class Person:
    """A user; roles are held at `site` (None: in the whole alliance)."""

    login: str
    name: str
    title: str
    site: str | None
    roles: tuple[str, ...]
    says: str
    specialty: str = ""  # of an expert, as the directory lists it


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who reads for whom."""

    requesting: str
    reading: str
    modality: str = "*"
    sla: str = "demo"


@dataclass(frozen=True, slots=True)
class Patient:
    """A made-up patient as the header will carry them; dates as in DICOM (YYYYMMDD)."""

    name: str
    patient_id: str
    sex: str
    birth_date: str


SITES = (
    Site("CITY", "示例市中心医院", "city"),
    Site("COUNTY1", "示例一县人民医院", "county", "CITY", "COUNTY1", "GB18030"),
    Site("COUNTY2", "示例二县人民医院", "county", "CITY", "COUNTY2", "GBK as Latin-1"),
    Site("COUNTY3", "示例三县人民医院", "county", "CITY", "COUNTY3", "UTF-8"),
    Site("TOWN1", "示例镇卫生院", "township", "COUNTY1"),
)

PEOPLE = (
    Person("reader1", "测试读片一", "resident", "CITY", ("radiologist",), "阅片（住院医师） reads and writes reports"),
    Person("reader2", "测试读片二", "attending", "CITY", ("radiologist", "reviewer"), "阅片、审核（主治医师） reads and reviews"),
    Person("reviewer1", "测试审核", "associate_chief", "CITY", ("radiologist", "reviewer"), "审核签发（副主任医师） reviews and signs"),
    Person("coord1", "测试协调", "none", "CITY", ("coordinator",), "协调 coordinates the reading centre"),
    Person("expert1", "测试呼吸专家", "associate_chief", "CITY", ("expert",), "呼吸内科专家 answers consultations", "respiratory"),
    Person("expert2", "测试胸外专家", "chief", "CITY", ("expert",), "胸外科专家，MDT 主席 chairs the MDT", "thoracic_surgery"),
    Person("expert3", "测试肿瘤专家", "chief", "CITY", ("expert",), "肿瘤科专家", "oncology"),
    Person("county1", "测试县医一", "attending", "COUNTY1", ("county_doctor",), "一县申请医生 gets the reports of county 1"),
    Person("county2", "测试县医二", "attending", "COUNTY2", ("county_doctor",), "二县申请医生"),
    Person("county3", "测试县医三", "attending", "COUNTY3", ("county_doctor",), "三县申请医生"),
    Person("office1", "测试转诊办", "none", "COUNTY1", ("coordinator",), "一县转诊协调 takes patients back"),
    Person("tech1", "测试技师", "technician", "COUNTY1", ("technologist",), "一县技师 sees arrivals and quarantine"),
    Person("township1", "测试乡医", "resident", "TOWN1", ("county_doctor",), "乡镇医生 sees nothing of other sites"),
    Person("admin1", "测试管理", "none", None, ("administrator",), "管理 sites, peers, agreements, people; no patients"),
    Person("audit1", "测试审计", "none", None, ("auditor",), "审计 reads the journal"),
)  # fmt: skip

AGREEMENTS = (
    Agreement("COUNTY1", "CITY"),
    Agreement("COUNTY2", "CITY"),
    Agreement("COUNTY3", "CITY"),
)

PATIENTS = {
    "甲": Patient("测试甲", "DEMO0001", "M", "19580312"),
    "乙": Patient("测试乙", "DEMO0002", "F", "19710925"),
    "丙": Patient("测试丙", "DEMO0003", "M", "19630704"),
    "丁": Patient("测试丁", "DEMO0004", "F", "19790118"),
    "戊": Patient("测试戊", "DEMO0005", "F", "19690530"),
    "己": Patient("测试己", "DEMO0006", "M", "19850211"),
    "庚": Patient("测试庚", "DEMO0007", "M", "19471108"),
    "辛": Patient("测试辛", "DEMO0008", "F", "19920619"),
    "壬": Patient("测试壬", "DEMO0009", "M", "19760823"),
    "癸": Patient("测试癸", "DEMO0010", "F", "19540407"),
    "子": Patient("测试子", "DEMO0011", "M", "19881002"),
    "丑": Patient("测试丑", "DEMO0012", "F", "19660115"),
    "卯": Patient("测试卯", "DEMO0013", "M", "19870326"),
    "辰": Patient("测试辰", "DEMO0014", "F", "19590817"),
    "巳": Patient("测试巳", "DEMO0015", "M", "20010612"),
    "午": Patient("测试午", "DEMO0016", "F", "19741220"),
    # The same number at another hospital: another patient.
    "寅": Patient("测试寅", "DEMO0001", "M", "19700929"),
}


def site(code: str) -> Site:
    """The site with this code; KeyError for none."""
    return {entry.code: entry for entry in SITES}[code]


def senders() -> tuple[Site, ...]:
    """The hospitals that send."""
    return tuple(entry for entry in SITES if entry.ae_title)
