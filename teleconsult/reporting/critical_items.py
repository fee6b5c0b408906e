"""What counts as a critical finding (危急值): the list, each item with its level, its names and the phrases that point to it. Pure.

Level Ⅰ must be known within minutes, Ⅱ within hours, Ⅲ within days. `names` are what a receiver may say when reading the
item back; `phrases` are what, found in a report's text, asks its author whether this is one. The screens hold the words
for each code in both languages; the first name is the Chinese one and a test keeps the two in step.
"""

from dataclasses import dataclass
from typing import Final

IMAGING, ECG = "imaging", "ecg"
OTHER: Final = "other"
"""What stands in no list: the raiser's own words are read back instead of a name."""


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    kind: str
    level: int
    names: tuple[str, ...]
    phrases: tuple[str, ...] = ()


ITEMS: Final = (
    Item(
        "tension_pneumothorax", IMAGING, 1, ("张力性气胸", "tension pneumothorax"),
        ("张力性气胸", "纵隔向健侧移位", "大量气胸"),
    ),
    Item("pneumothorax", IMAGING, 2, ("气胸", "pneumothorax"), ("气胸", "液气胸", "血气胸")),
    Item(
        "pulmonary_embolism", IMAGING, 1, ("肺栓塞", "肺动脉栓塞", "pulmonary embolism"),
        ("肺栓塞", "肺动脉栓塞", "肺动脉主干充盈缺损", "骑跨血栓"),
    ),
    Item(
        "aortic_dissection", IMAGING, 1, ("主动脉夹层", "aortic dissection"),
        ("主动脉夹层", "夹层动脉瘤", "主动脉壁间血肿", "主动脉穿透性溃疡"),
    ),
    Item(
        "aortic_rupture", IMAGING, 1, ("主动脉瘤破裂", "主动脉破裂", "aortic rupture"),
        ("主动脉瘤破裂", "主动脉破裂", "动脉瘤破裂"),
    ),
    Item(
        "intracranial_haemorrhage", IMAGING, 1,
        ("颅内出血", "脑出血", "蛛网膜下腔出血", "硬膜下血肿", "硬膜外血肿", "脑室出血", "intracranial haemorrhage", "intracranial hemorrhage"),
        ("颅内出血", "脑出血", "脑干出血", "小脑出血", "基底节区出血", "丘脑出血", "脑室出血", "蛛网膜下腔出血", "硬膜下血肿", "硬膜外血肿",
         "脑实质出血", "颅内血肿"),
    ),
    Item("brain_herniation", IMAGING, 1, ("脑疝", "brain herniation"), ("脑疝", "钩回疝", "小脑扁桃体疝", "中线结构明显移位")),
    Item(
        "large_infarct", IMAGING, 1, ("大面积脑梗死", "急性脑梗死", "large cerebral infarction", "acute cerebral infarction"),
        ("大面积脑梗死", "大面积脑梗塞", "急性脑梗死", "急性脑梗塞", "大脑中动脉高密度征", "急性脑干梗死", "急性脑干梗塞"),
    ),
    Item(
        "gastrointestinal_perforation", IMAGING, 1,
        ("消化道穿孔", "胃肠穿孔", "肠穿孔", "胃穿孔", "gastrointestinal perforation"),
        ("消化道穿孔", "胃肠道穿孔", "胃肠穿孔", "胃穿孔", "肠穿孔", "膈下游离气体", "腹腔游离气体", "膈下新月形游离气体"),
    ),
    Item(
        "organ_rupture", IMAGING, 1, ("脏器破裂", "肝破裂", "脾破裂", "肾破裂", "胰腺断裂", "organ rupture"),
        ("脏器破裂", "肝破裂", "脾破裂", "肾破裂", "肝挫裂伤", "脾挫裂伤", "肾挫裂伤", "胰腺断裂", "膀胱破裂", "腹腔活动性出血"),
    ),
    Item(
        "bowel_strangulation", IMAGING, 1, ("绞窄性肠梗阻", "肠扭转", "肠系膜动脉栓塞", "bowel strangulation"),
        ("绞窄性肠梗阻", "肠扭转", "肠系膜上动脉栓塞", "肠系膜动脉栓塞", "肠坏死", "门静脉积气"),
    ),
    Item("bowel_obstruction", IMAGING, 2, ("肠梗阻", "bowel obstruction"), ("肠梗阻", "肠套叠")),
    Item(
        "acute_pancreatitis", IMAGING, 2, ("急性胰腺炎", "急性坏死性胰腺炎", "acute pancreatitis"),
        ("急性胰腺炎", "坏死性胰腺炎", "出血坏死性胰腺炎"),
    ),
    Item("ectopic_pregnancy", IMAGING, 1, ("异位妊娠", "宫外孕", "ectopic pregnancy"), ("异位妊娠", "宫外孕")),
    Item(
        "cardiac_tamponade", IMAGING, 1, ("心包填塞", "心包压塞", "大量心包积液", "cardiac tamponade"),
        ("心包填塞", "心包压塞", "大量心包积液", "心脏压塞"),
    ),
    Item("airway_foreign_body", IMAGING, 1, ("气道异物", "气管异物", "支气管异物", "airway foreign body"), ("气道异物", "气管异物", "支气管异物")),
    Item(
        "spinal_cord_compression", IMAGING, 1, ("脊髓受压", "脊髓损伤", "脊髓压迫", "spinal cord compression"),
        ("脊髓受压", "脊髓损伤", "脊髓压迫", "脊髓断裂", "寰枢椎脱位"),
    ),
    Item("massive_haemothorax", IMAGING, 1, ("大量血胸", "massive haemothorax", "massive hemothorax"), ("大量血胸", "进行性血胸")),
    Item("pulmonary_oedema", IMAGING, 2, ("急性肺水肿", "acute pulmonary oedema", "acute pulmonary edema"), ("急性肺水肿",)),
    Item("unstable_fracture", IMAGING, 2, ("骨盆骨折", "不稳定骨折", "unstable fracture"), ("骨盆骨折", "骨盆多发骨折", "颈椎骨折", "连枷胸")),
    Item("suspected_malignancy", IMAGING, 3, ("疑似恶性肿瘤", "恶性肿瘤", "suspected malignancy")),
    Item("active_tuberculosis", IMAGING, 3, ("活动性肺结核", "肺结核", "active tuberculosis")),
    Item(
        "st_elevation_infarction", ECG, 1, ("急性心肌梗死", "心肌梗死", "心梗", "ST段抬高型心肌梗死", "STEMI", "acute myocardial infarction"),
        ("急性心肌梗死", "急性心肌梗塞", "ST段抬高型心肌梗死", "ST段弓背向上抬高", "急性心梗"),
    ),
    Item(
        "ventricular_fibrillation", ECG, 1, ("心室颤动", "室颤", "心室扑动", "ventricular fibrillation"),
        ("心室颤动", "室颤", "心室扑动"),
    ),
    Item(
        "ventricular_tachycardia", ECG, 1, ("室性心动过速", "室速", "ventricular tachycardia"),
        ("室性心动过速", "室速", "尖端扭转"),
    ),
    Item(
        "complete_heart_block", ECG, 1, ("三度房室传导阻滞", "高度房室传导阻滞", "完全性房室传导阻滞", "complete heart block"),
        ("三度房室传导阻滞", "Ⅲ度房室传导阻滞", "高度房室传导阻滞", "完全性房室传导阻滞"),
    ),
    Item("cardiac_pause", ECG, 1, ("心脏停搏", "窦性停搏", "长间歇", "cardiac pause", "asystole"), ("心脏停搏", "窦性停搏", "全心停搏")),
    Item("hyperkalaemia", ECG, 1, ("高钾血症", "高血钾", "hyperkalaemia", "hyperkalemia"), ("高钾血症", "高血钾", "窦室传导")),
    Item(OTHER, IMAGING, 2, ()),
)  # fmt: skip

BY_CODE: Final = {item.code: item for item in ITEMS}
LEVELS: Final = (1, 2, 3)
