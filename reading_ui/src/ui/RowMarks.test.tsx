import i18next from 'i18next';
import { renderToStaticMarkup } from 'react-dom/server';
import { initReactI18next } from 'react-i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import en from './i18n/en.json';
import zh from './i18n/zh-CN.json';
import { type Marked, type MarkKind, marksOf } from './marks';
import { Rest, RowMarks } from './RowMarks';

beforeAll(() =>
  i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { ui: zh }, en: { ui: en } },
    interpolation: { escapeValue: false },
  }),
);

const sound: Marked = {
  state: 'queued',
  instance_count: 9,
  lacking: null,
  damaged: 0,
  rejected: 0,
  withdrawn: false,
  late_images: false,
};

/** Each mark as it stands in the row, with the sentence behind it. */
const drawn = (row: Partial<Marked>, without?: readonly MarkKind[]): [string, string][] => {
  const html = renderToStaticMarkup(<RowMarks row={{ ...sound, ...row }} without={without} />);
  return [...html.matchAll(/title="([^"]*)".*?<\/svg>([^<]*)</g)].map(([, why = '', word = '']) => [
    word,
    why,
  ]);
};
const words = (...given: Parameters<typeof drawn>) => drawn(...given).map(([word]) => word);

describe('the marks of a row', () => {
  it('are none where all images are there', () => {
    expect(words({})).toEqual([]);
    expect(words({ state: 'verified' })).toEqual([]);
  });

  it('stand with the gravest first, for a narrow list cuts off the last', () => {
    const all = { lacking: { here: 3, expected: 9 }, damaged: 2, withdrawn: true, late_images: true };
    expect(words({ ...all, state: 'verified', instance_count: 0 })).toEqual([
      '无图像',
      '图像已撤回',
      '缺图 3/9',
      '损坏 2',
      '签发后补图',
    ]);
  });

  it('say of an unsigned study how much of it was rejected, unless that is all of it', () => {
    expect(drawn({ state: 'reported', rejected: 2, late_images: true }).map(([word]) => word)).toEqual([
      '补图',
      '已拒绝 2',
    ]);
    expect(drawn({ state: 'reported', rejected: 2 })[0]?.[1]).toMatch(/^2 幅图像已拒绝或撤回，不再显示/);
    expect(words({ state: 'queued', instance_count: 0, rejected: 9 })).toEqual(['无图像']);
    expect(words({ state: 'verified', rejected: 2 })).toEqual([]);
    expect(words({ state: 'verified', rejected: 2, withdrawn: true })).toEqual(['图像已撤回']);
  });

  it('say what they mean and what to do, counted in 幅', () => {
    const [lacking, damaged] = drawn({ lacking: { here: 3, expected: 9 }, damaged: 1 });
    expect(lacking?.[1]).toBe(
      '图像不全：应有 9 幅，已到 3 幅；请申请医院核对是否已全部发送，到齐后标记自动消失',
    );
    expect(damaged?.[1]).toMatch(/^1 幅图像的文件损坏或丢失，不能显示/);
  });

  it('tell images that came after the signature from those that came before it', () => {
    expect(drawn({ late_images: true })).toEqual([['补图', '此检查在分配后又收到图像，请核对序列是否齐全']]);
    expect(drawn({ late_images: true, state: 'verified' })).toEqual([
      ['签发后补图', '报告签发后收到补图，已签发的报告不变，不涵盖这些图像'],
    ]);
  });

  it('say that no report can be written only where none is', () => {
    expect(drawn({ instance_count: 0 })[0]?.[1]).toMatch(/不能写报告$/);
    expect(drawn({ instance_count: 0, state: 'verified' })[0]?.[1]).not.toMatch(/不能写报告/);
  });

  it('leave out what the list says elsewhere', () => {
    expect(words({ instance_count: 0, late_images: true, damaged: 1 }, ['noImages', 'late'])).toEqual([
      '损坏 1',
    ]);
  });

  it('are counted where there is no room, and each is named for pointer and screen reader', () => {
    const marks = marksOf({ ...sound, damaged: 2, late_images: true });
    const html = renderToStaticMarkup(<Rest marks={marks} alone={false} />);
    expect(html.replace(/<[^>]*>/g, '|')).toMatch(/^\|+\+2\|+损坏 2, 补图\|+$/);
    expect(html).toMatch(/title="损坏 2 — 2 幅图像[^"]*\n补图 — 此检查在分配后又收到图像/);
    expect(html).not.toContain('<svg');
    expect(renderToStaticMarkup(<Rest marks={marks} alone />)).toContain('<svg');
  });

  it('speak English, too', async () => {
    await i18next.changeLanguage('en');
    const all = { lacking: { here: 3, expected: 9 }, damaged: 1, withdrawn: true, late_images: true };
    const said = drawn({ ...all, state: 'verified' });
    expect(said.map(([word]) => word)).toEqual([
      'Images withdrawn',
      '3 of 9 images',
      '1 damaged',
      'Late images',
    ]);
    expect(said[2]?.[1]).toMatch(/^The file of 1 image is damaged/);
    expect(said.flat().join()).not.toMatch(/mark\.|\{\{/);
    await i18next.changeLanguage('zh-CN');
  });
});
