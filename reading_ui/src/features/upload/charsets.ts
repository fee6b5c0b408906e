/** A character set of (0008,0005) (PS3.3 C.12.1.1.2), as `teleconsult/imaging/charsets_common.py` has it. */
export interface Repertoire {
  term: string;
  codec: Codec;
  script: 'plain' | 'latin' | 'other' | 'multi';
}

/** Bytes as text; null where one of them has no meaning and `strictly` is asked for, else U+FFFD in its place. */
export interface Codec {
  read: (bytes: Uint8Array, strictly: boolean) => string | null;
  oneByte: boolean;
}

/** A set of several bytes, as the browser reads it. */
const several = (label: string, sound: (bytes: Uint8Array) => boolean = () => true): Codec => ({
  oneByte: false,
  read: (bytes, strictly) => {
    if (strictly && !sound(bytes)) return null;
    try {
      return new TextDecoder(label, { fatal: strictly, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
  },
});

/** A set of one byte. Below 0xA0 they are all alike; what the browser calls so often is Windows' there. */
const single = (label: string, from = 0xa0): Codec => {
  const table = Array.from({ length: 256 }, (_, byte) => {
    if (byte < from) return String.fromCharCode(byte);
    return several(label).read(Uint8Array.of(byte), true);
  });
  return {
    oneByte: true,
    read: (bytes, strictly) => {
      const read = Array.from(bytes, (byte) => table[byte] ?? (strictly ? null : '\ufffd'));
      return read.includes(null) ? null : read.join('');
    },
  };
};

/** In no pair of GB18030 the first byte is 0x80; browsers read that as the euro sign. */
const isGb = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x80) return false;
    if (byte > 0x80) at += (bytes[at + 1] ?? 0) < 0x40 ? 3 : 1;
  }
  return true;
};

export const UTF_8 = several('utf-8');
export const GB18030 = several('gb18030', isGb);
export const LATIN_1 = single('', 256);
export const ASCII: Codec = {
  oneByte: true,
  read: (bytes, strictly) =>
    strictly && bytes.some((byte) => byte > 0x7f) ? null : LATIN_1.read(bytes, strictly),
};
export const KOREAN = several('euc-kr');
export const JAPANESE = several('shift_jis');
const CYRILLIC = single('iso-8859-5');

const found = (term: string, codec: Codec, script: Repertoire['script']): [string, Repertoire] => [
  term,
  { term, codec, script },
];
const REPERTOIRES: ReadonlyMap<string, Repertoire> = new Map([
  found('6', ASCII, 'plain'),
  found('13', JAPANESE, 'other'),
  found('58', GB18030, 'multi'),
  found('87', JAPANESE, 'multi'),
  found('100', LATIN_1, 'latin'),
  found('101', single('iso-8859-2'), 'latin'),
  found('109', single('iso-8859-3'), 'latin'),
  found('110', single('iso-8859-4'), 'latin'),
  found('126', single('iso-8859-7'), 'other'),
  found('127', single('iso-8859-6'), 'other'),
  found('138', single('iso-8859-8'), 'other'),
  found('144', CYRILLIC, 'other'),
  found('148', single('windows-1254'), 'latin'),
  found('149', KOREAN, 'multi'),
  found('159', JAPANESE, 'multi'),
  found('165', GB18030, 'multi'),
  found('166', single('windows-874'), 'other'),
  found('192', UTF_8, 'multi'),
  found('203', single('iso-8859-15'), 'latin'),
  found('GB18030', GB18030, 'multi'),
  found('GBK', GB18030, 'multi'),
  found('BIG5', several('big5'), 'multi'),
]);

const NUMBERED = /^ISO[ _-]?(?:2022)?[ _-]?IR[ _-]?(\d+)$/;
const NICKNAMES: Record<string, string> = {
  '': '6',
  UTF8: '192',
  GB2312: 'GB18030',
  CP936: 'GB18030',
  ISO88591: '100',
  LATIN1: '100',
  ASCII: '6',
  USASCII: '6',
};

/** What a value of (0008,0005) means, also in spellings that senders get wrong; undefined where nobody can tell. */
export function repertoire(declared: string): Repertoire | undefined {
  const spelled = declared.replace(/^[ \0]+|[ \0]+$/g, '').toUpperCase();
  const numbered = NUMBERED.exec(spelled);
  if (numbered) return REPERTOIRES.get((numbered[1] ?? '').replace(/^0+/, ''));
  const bare = spelled.replace(/[^A-Z0-9]/g, '');
  return REPERTOIRES.get(NICKNAMES[bare] ?? bare);
}

/** The codec of the set that a number of the standard names. */
export const codecOf = (term: string): Codec => REPERTOIRES.get(term)?.codec ?? LATIN_1;

// Beyond the first level of GB 2312, names also use these (as the centre's own list).
const NAME_CHARACTERS =
  '闫闵邝邸郄郅郇郏郐郗郓郜郦酆佟佴亓仝仉冼嵇岑庾庹弋扈昝晁暨沐涿溥滕澹濮爨瞿竺笪缪翦茆荀莘菅蒯蔺蔻蚩蹇逄逯鄢鄞鄯钭銮阙阚隗' +
  '雒颛麴黻於谌谯訾褚裘覃甯璟琪瑾瑜玥玮珺珂珏玟玺珞琦琨琬琰瑄瑗瑛璇璐璨瓒琮琛瑀玙珩璋璞瑭瑷瓯婷婧妍妤娅娴娣婵婕嫣嫒嬿姝姣姗' +
  '姹媛嫱怡恺愫憬懿悝慜昕昊昱晏晖晗晟晞晔曦旻旸昀昶煜炜烨焱熠燊焯炫炀煊煦熹燚淇滢漪漩潇潼澍濛瀚灏浠洵泓泠沅汶淼滟灝梓楠榕槿' +
  '桦栩梵樾橦棣昇翀翊翎羿骁骐骥骢铖钰钊铮锟锴锜镛鑫铄铠芊芮芷苒茉茗茜荃荟菁菡萱葳蓓蕙薇芸苓芙黛轶遐霏霁雯雱颉飒馨麒麟麾黠俪' +
  '倩偲僖仡偌侃倬俨彧峥崧嵘崴嵩岚祎祺禛禧秾稷筠筱笙簌綦绮绫缇缦聿芾颢顼骅喆垚垲墉夔奕宓宥寰煖睿祯勖勰叡圳堃歆毓沣沚泺珈珮皓' +
  '皎皙眸祐';

function levelOne(): string {
  const pairs: number[] = [];
  for (let lead = 0xb0; lead < 0xd8; lead++)
    for (let trail = 0xa1; trail < (lead === 0xd7 ? 0xfa : 0xff); trail++) pairs.push(lead, trail);
  return GB18030.read(Uint8Array.from(pairs), false) ?? '';
}

let common: ReadonlySet<string> | undefined;

/** Whether Chinese text is mostly made of such characters. */
export function isCommon(character: string): boolean {
  common ??= new Set(levelOne() + NAME_CHARACTERS);
  return common.has(character);
}
