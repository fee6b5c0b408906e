"""Criteria for going up (上转). Pure."""

from typing import Final

from teleconsult.referral.criteria_lists import Criteria, Item

UP: Final = (
    Criteria(
        "chest_pain", "up", 1, "胸痛 / 急性心肌梗死", "Chest pain / acute myocardial infarction", 1,
        (
            Item("st_elevation", "心电图两个及以上相邻导联 ST 段抬高，或新发左束支阻滞", "ST elevation in two or more adjacent leads, or new LBBB"),
            Item("st_depression", "ST 段压低或 T 波动态改变伴胸痛", "ST depression or dynamic T waves with chest pain"),
            Item("troponin", "肌钙蛋白升高", "Raised troponin"),
            Item("shock", "低血压、休克或急性左心衰", "Hypotension, shock or acute left heart failure"),
            Item("arrhythmia", "室速、室颤或高度房室阻滞", "VT, VF or high-degree AV block"),
            Item("recurrent", "胸痛反复或药物不缓解", "Recurrent pain or pain that drugs do not relieve"),
        ),
        green=True, automatic=True,
    ),
    Criteria(
        "stroke", "up", 1, "脑卒中", "Stroke", 1,
        (
            Item("within_window", "发病 24 小时内，神经功能缺损", "Neurological deficit within 24 hours of onset"),
            Item("large_vessel", "影像提示大血管闭塞", "Imaging suggests occlusion of a large vessel"),
            Item("haemorrhage", "颅内出血或蛛网膜下腔出血", "Intracranial or subarachnoid haemorrhage"),
            Item("consciousness", "意识障碍或进行性加重", "Impaired consciousness or worsening"),
            Item("lysed", "已溶栓，需进一步治疗", "Thrombolysed, needs further treatment"),
        ),
        green=True, automatic=True,
    ),
    Criteria(
        "aortic_dissection", "up", 1, "主动脉夹层", "Aortic dissection", 1,
        (
            Item("imaging", "CTA 或超声提示夹层、壁内血肿或穿透性溃疡", "CTA or ultrasound shows dissection, intramural haematoma or ulcer"),
            Item("tearing_pain", "突发撕裂样胸背痛", "Sudden tearing pain of chest or back"),
            Item("pulse_deficit", "双侧血压或脉搏不对称", "Unequal blood pressure or pulses"),
            Item("malperfusion", "脏器或肢体缺血", "Ischaemia of organs or limbs"),
        ),
        green=True, automatic=True,
    ),
    Criteria(
        "pulmonary_embolism", "up", 1, "肺栓塞", "Pulmonary embolism", 1,
        (
            Item("imaging", "CTPA 提示肺动脉充盈缺损", "CTPA shows filling defects of pulmonary arteries"),
            Item("unstable", "血流动力学不稳定", "Haemodynamically unstable"),
            Item("right_heart", "右心负荷增加或肌钙蛋白升高", "Right heart strain or raised troponin"),
            Item("no_lysis", "有溶栓或抗凝禁忌", "Thrombolysis or anticoagulation contraindicated"),
        ),
        green=True,
    ),
    Criteria(
        "trauma", "up", 1, "严重创伤", "Severe trauma", 1,
        (
            Item("unstable", "休克或气道受累", "Shock or threatened airway"),
            Item("head", "颅脑损伤伴意识障碍或颅内血肿", "Head injury with impaired consciousness or haematoma"),
            Item("several_regions", "两个及以上部位严重损伤", "Severe injury of two or more regions"),
            Item("spine", "脊髓损伤或不稳定骨折", "Injury of the cord or unstable fracture"),
            Item("bleeding", "胸腹腔活动性出血", "Active bleeding into chest or abdomen"),
            Item("vessel", "肢体血管损伤或离断", "Vessel injury or amputation of a limb"),
        ),
        green=True,
    ),
    Criteria(
        "lung_nodule", "up", 1, "肺结节", "Lung nodule", 1,
        (
            Item("solid_8mm", "实性结节 ≥ 8 mm", "Solid nodule of 8 mm or more"),
            Item("part_solid", "部分实性结节，实性成分 ≥ 6 mm", "Part-solid nodule with a solid part of 6 mm or more"),
            Item("growing", "随访增大或实性成分增加", "Growing, or its solid part is"),
            Item("features", "毛刺、分叶、胸膜牵拉等恶性征象", "Spiculated, lobulated, pulling on pleura"),
            Item("nodes", "纵隔或肺门淋巴结肿大", "Enlarged mediastinal or hilar nodes"),
        ),
    ),
    Criteria(
        "tumour", "up", 1, "肿瘤", "Tumour", 1,
        (
            Item("suspected", "影像或病理提示恶性肿瘤", "Imaging or pathology suggests malignancy"),
            Item("staging", "需分期或多学科讨论", "Needs staging or an MDT"),
            Item("treatment", "需手术、放疗或本院不能开展的治疗", "Needs surgery, radiotherapy or treatment not available here"),
            Item("progress", "治疗中进展或出现严重并发症", "Progress under treatment or severe complication"),
        ),
    ),
    Criteria(
        "critical", "up", 1, "危急重症", "Life-threatening condition", 1,
        (
            Item("level_one", "Ⅰ 级危急值，本院不能处置", "Critical finding of level I that this hospital cannot treat"),
            Item("airway", "气道梗阻或呼吸衰竭", "Obstructed airway or respiratory failure"),
            Item("shock", "休克或血流动力学不稳定", "Shock or haemodynamically unstable"),
            Item("consciousness", "意识障碍或进行性加重", "Impaired consciousness or worsening"),
            Item("surgery", "需急诊手术或介入，本院不能开展", "Needs emergency surgery or intervention not available here"),
        ),
        green=True,
    ),
    Criteria(
        "other", "up", 1, "其他", "Other", 1,
        (
            Item("beyond_us", "超出本院诊疗能力", "Beyond what this hospital can do"),
            Item("unclear", "诊断不明，需进一步检查", "Diagnosis unclear, needs further examination"),
            Item("worse", "治疗后加重", "Worse under treatment"),
        ),
    ),
)  # fmt: skip
