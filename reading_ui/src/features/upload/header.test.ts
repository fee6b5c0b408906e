import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Header, headerOf, shownName, studyUidOf } from './header';

type Value = string | Uint8Array;
const UTF8 = new TextEncoder();

function element(tag: number, vr: string, value: Value, explicit: boolean, little = true): Uint8Array {
  let bytes = typeof value === 'string' ? UTF8.encode(value) : value;
  if (bytes.length % 2) bytes = Uint8Array.from([...bytes, 0x20]);
  const long = !explicit || ['OB', 'SQ', 'UN'].includes(vr);
  const head = new DataView(new ArrayBuffer(explicit && long ? 12 : 8));
  head.setUint16(0, Math.floor(tag / 0x10000), little);
  head.setUint16(2, tag % 0x10000, little);
  if (explicit) {
    head.setUint8(4, vr.charCodeAt(0));
    head.setUint8(5, vr.charCodeAt(1));
  }
  if (!explicit) head.setUint32(4, bytes.length, little);
  else if (long) head.setUint32(8, bytes.length, little);
  else head.setUint16(6, bytes.length, little);
  return joined([new Uint8Array(head.buffer), bytes]);
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

const CT = '1.2.840.10008.5.1.4.1.1.2';

function file(
  syntax: string,
  name: Value,
  charset: string,
  mediaClass = CT,
  description: Value = 'CHEST',
): Blob {
  const explicit = syntax !== '1.2.840.10008.1.2';
  const little = syntax !== '1.2.840.10008.1.2.2';
  const put = (tag: number, vr: string, value: Value) => element(tag, vr, value, explicit, little);
  const sequence = joined([element(0xfffee000, '', put(0x00080104, 'LO', 'inside'), false, little)]);
  let body = joined([
    put(0x00080005, 'CS', charset),
    put(0x00080018, 'UI', '1.2.3.4'),
    put(0x00080020, 'DA', '20261122'),
    put(0x00080060, 'CS', 'CT'),
    put(0x00081030, 'LO', description),
    put(0x00081032, 'SQ', sequence),
    put(0x00100010, 'PN', name),
    put(0x00100020, 'LO', 'A1'),
    put(0x0020000d, 'UI', '1.2.3'),
    put(0x0020000e, 'UI', '1.2.3.1'),
    put(0x7fe00010, 'OB', new Uint8Array(64)),
  ]);
  if (syntax === '1.2.840.10008.1.2.1.99') body = Uint8Array.from(deflateRawSync(body));
  const meta = joined([element(0x00020002, 'UI', mediaClass, true), element(0x00020010, 'UI', syntax, true)]);
  return new Blob([new Uint8Array(128), 'DICM', meta, body]);
}

const SYNTAXES = [
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.2',
  '1.2.840.10008.1.2.1.99',
];
const GB = Uint8Array.from([0xd5, 0xc5, 0xc8, 0xfd]); // 张三

test.each(SYNTAXES)('patient, study and series are read from %s', async (syntax) => {
  const header = (await headerOf(file(syntax, '测试^患者', 'ISO_IR 192'))) as Header;
  expect(header.patientName).toBe('测试患者');
  expect([header.studyUid, header.seriesUid, header.sopUid]).toEqual(['1.2.3', '1.2.3.1', '1.2.3.4']);
  expect([header.patientId, header.studyDate, header.modality]).toEqual(['A1', '20261122', 'CT']);
});

test('Chinese is read by what it is, not only by what is declared', async () => {
  for (const charset of ['GB18030', 'ISO_IR 100', '\\ISO 2022 IR 58', ''])
    expect(((await headerOf(file('1.2.840.10008.1.2.1', GB, charset))) as Header).patientName).toBe('张三');
  const umlaut = Uint8Array.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]);
  expect(((await headerOf(file('1.2.840.10008.1.2.1', umlaut, 'ISO_IR 100'))) as Header).patientName).toBe(
    'Müller',
  );
});

test('a name that is a guess, or cannot be read to its end, is marked', async () => {
  const read = async (name: Value, charset: string) =>
    (await headerOf(file('1.2.840.10008.1.2.1', name, charset))) as Header;
  const cut = await read(Uint8Array.from([...GB, 0xbd]), 'GB18030');
  expect([cut.patientName, cut.doubtful]).toEqual(['张三\ufffd', true]);
  expect((await read(Uint8Array.from([0xb4, 0xfa, 0xb8, 0xd5, 0xc1, 0x63]), '')).doubtful).toBe(true); // Big5
  expect((await read('Doe^John', '')).doubtful).toBe(false);
  expect((await read('测试^患者', '')).doubtful).toBe(false);
});

test.each(SYNTAXES)('one reading holds for all texts of a header, in %s', async (syntax) => {
  const header = (await headerOf(file(syntax, Uint8Array.from([0xb5, 0xa5]), '', undefined, GB))) as Header; // 单
  expect([header.patientName, header.studyDescription, header.doubtful]).toEqual(['单', '张三', false]);
});

test('what is no image says what it is', async () => {
  expect(await headerOf(new Blob(['a letter']))).toBe('notDicom');
  expect(await headerOf(new Blob([]))).toBe('notDicom');
  expect(await headerOf(file('1.2.840.10008.1.2.1', 'x', '', '1.2.840.10008.1.3.10'))).toBe('index');
  const whole = await file('1.2.840.10008.1.2.1', 'x', '').arrayBuffer();
  expect(await headerOf(new Blob([whole.slice(0, 230)]))).toBe('unreadable');
});

test('the name that people read is shown', () => {
  expect(shownName('Zhang^San=张^三=')).toBe('张三');
  expect(shownName('Doe^John')).toBe('Doe John');
});

test('a file too torn to be sent may still say of which study it is', async () => {
  const whole = file('1.2.840.10008.1.2.1', 'Li^Si', '');
  const bytes = new Uint8Array(await whole.arrayBuffer());
  const text = new TextDecoder('latin1').decode(bytes);
  const cut = text.indexOf('1.2.3', text.indexOf('A1')) + 6;
  const torn = new Blob([bytes.subarray(0, cut)]);
  expect([await headerOf(torn), await studyUidOf(torn)]).toEqual(['unreadable', '1.2.3']);
  expect(await studyUidOf(new Blob([bytes.subarray(0, cut - 10)]))).toBe('');
  expect(await studyUidOf(new Blob(['a letter']))).toBe('');
});
