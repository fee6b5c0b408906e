/**
 * Texts for the commonest normal studies. They are report language, not screen language: reports of this alliance are
 * written in Chinese, so they are not translated with the screens.
 */
export interface Template {
  id: string;
  name: string;
  modality: string;
  /** Words that must occur in the study's description or body part; empty fits the modality as a whole. */
  fits: readonly string[];
  findings: string;
  impression: string;
  advice: string;
}

export const TEMPLATES: readonly Template[] = [
  {
    id: 'ct-chest-normal',
    name: '胸部CT平扫 未见异常',
    modality: 'CT',
    fits: ['胸', 'CHEST', 'THORAX', 'LUNG', '肺'],
    findings:
      '胸廓对称，气管居中。双肺纹理清晰，走行自然，肺实质内未见明确异常密度影。气管及各级支气管通畅。双肺门不大，纵隔内未见肿大淋巴结。心影大小、形态正常。双侧胸腔未见积液。所示骨质未见异常。',
    impression: '胸部CT平扫未见明确异常。',
    advice: '',
  },
  {
    id: 'ct-head-normal',
    name: '头颅CT平扫 未见异常',
    modality: 'CT',
    fits: ['头', '颅', '脑', 'HEAD', 'BRAIN'],
    findings:
      '脑实质内未见明确异常密度影，灰白质分界清晰。脑室系统大小、形态正常，脑沟、脑裂不宽，中线结构居中。颅骨骨质未见异常。所示副鼻窦及乳突气化良好。',
    impression: '头颅CT平扫未见明确异常。',
    advice: '如症状持续，建议复查或行MR检查。',
  },
  {
    id: 'ct-abdomen-normal',
    name: '腹部CT平扫 未见异常',
    modality: 'CT',
    fits: ['腹', 'ABDOMEN', '肝'],
    findings:
      '肝脏大小、形态正常，密度均匀，肝内外胆管不扩张。胆囊不大，壁不厚，腔内未见明确异常密度影。胰腺、脾脏大小、形态、密度正常。双肾未见明确异常密度影，肾盂、输尿管不扩张。腹膜后未见肿大淋巴结，腹腔未见积液。',
    impression: '腹部CT平扫未见明确异常。',
    advice: '',
  },
  {
    id: 'dx-chest-normal',
    name: '胸部正位片 未见异常',
    modality: 'DX',
    fits: ['胸', 'CHEST', 'THORAX'],
    findings:
      '胸廓对称，气管居中。双肺野清晰，肺纹理走行自然，未见明确实变影。双肺门不大，纵隔不宽，心影大小、形态正常。双侧膈面光整，肋膈角锐利。所示骨质未见明确异常。',
    impression: '心肺膈未见明确异常。',
    advice: '',
  },
  {
    id: 'mr-head-normal',
    name: '头颅MR平扫 未见异常',
    modality: 'MR',
    fits: ['头', '颅', '脑', 'HEAD', 'BRAIN'],
    findings:
      '脑实质信号未见明确异常，灰白质分界清晰，弥散加权成像未见受限。脑室系统大小、形态正常，脑沟、脑裂不宽，中线结构居中。所示血管流空信号存在。',
    impression: '头颅MR平扫未见明确异常。',
    advice: '',
  },
  {
    id: 'ecg-normal',
    name: '正常心电图',
    modality: 'ECG',
    fits: [],
    findings: '窦性心律，心电轴不偏，PR间期、QRS时限及QT间期在正常范围，ST-T未见明确异常。',
    impression: '正常心电图。',
    advice: '',
  },
];

/** Short phrases per section. */
export const PHRASES = {
  findings: [
    '右肺上叶见结节影，大小约 ',
    '边界清晰，密度均匀。',
    '增强扫描未见明确异常强化。',
    '与前片比较，未见明确变化。',
    '图像存在运动伪影，细节观察受限。',
  ],
  impression: ['建议结合临床。', '炎性病变可能性大。', '请结合增强检查。', '较前片未见明确变化。'],
  advice: ['建议 3 个月后复查。', '建议 1 年后复查。', '建议增强CT进一步检查。', '建议上级医院会诊。'],
} as const;

/** DX and CR are the same to a template; fitting ones first, then those of the modality. */
export function templatesFor(modalities: readonly string[], description: string): Template[] {
  const kinds = modalities.map((name) => (name === 'CR' || name === 'DR' ? 'DX' : name));
  const said = description.toUpperCase();
  const suits = (template: Template) => template.fits.some((word) => said.includes(word.toUpperCase()));
  const own = TEMPLATES.filter((template) => kinds.includes(template.modality));
  return [...own.filter(suits), ...own.filter((template) => !suits(template))];
}
