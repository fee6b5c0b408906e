import i18next from 'i18next';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { initReactI18next } from 'react-i18next';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Reason, StudyView } from '@/api/types';
import facts from '@/ui/facts/i18n/zh-CN.json';
import { Banners } from './Banners';
import zh from './i18n/zh-CN.json';
import { Rejected } from './Rejected';
import type { Gone, Newer } from './rejected';
import type { Lease } from './useLease';

beforeAll(() =>
  i18next.use(initReactI18next).init({
    lng: 'zh-CN',
    resources: { 'zh-CN': { reading: zh, facts } },
    interpolation: { escapeValue: false },
  }),
);

const problem = (code: string, count: number): Reason => ({ code, params: { count } });
const image = (number: number): Gone => ({
  sopUid: String(number),
  seriesUid: 's',
  series: '1',
  number,
  is: 'rejected',
});

/** A room's lines, drawn again and again as its study and its pictures change. */
function room() {
  const host = document.createElement('div');
  const root = createRoot(host);
  const taken = vi.fn();
  const draw = (problems: Reason[], newer: Newer | null, gone: Gone[] = []): string => {
    const study = { quality: { problems } } as unknown as StudyView;
    flushSync(() =>
      root.render(
        <Banners study={study} lease={{ lost: null } as unknown as Lease} newer={newer} onTakeNewer={taken}>
          <Rejected gone={gone} problems={problems} onUnderstood={() => {}} />
        </Banners>,
      ),
    );
    return host.textContent ?? '';
  };
  const press = () => flushSync(() => host.querySelector('button')?.click());
  return { draw, press, taken };
}

const restored: Newer = { kind: 'restored', count: 2 };
const came: Newer = { kind: 'images', count: 1 };

it('rejected images that are shown again are no new ones, and wait for the reader', () => {
  const { draw, press, taken } = room();
  draw([], null);
  expect(draw([], restored)).toBe('被拒绝的 2 幅图像已恢复显示，尚未载入。载入');
  press();
  expect(taken).toHaveBeenCalledOnce();
  expect(draw([], came)).toBe('收到新的图像。为不打断阅片，尚未载入。载入新图像');
});

it('images may be new ones or shown again where some had been rejected before the room was opened', () => {
  const { draw, press } = room();
  const either = '图像有更新（新到或恢复显示）。为不打断阅片，尚未载入。载入';
  expect(draw([problem('images.113037', 1)], came)).toContain('收到新的图像');
  expect(draw([], came)).toBe(either);
  press();
  expect(draw([], came)).toContain('收到新的图像');
});

it('the line of rejected images is as long as they are, and names the reason of what is rejected once more', () => {
  const { draw } = room();
  const safety = (count: number) => [problem('images.113037', count)];
  draw(safety(1), null);
  expect(draw(safety(3), null, [image(2), image(3)])).toContain(
    '有 2 幅图像被拒绝（患者安全），已不再显示：序列 1 图像 2–3',
  );
  expect(draw([], restored)).not.toContain('被拒绝（');
  expect(draw(safety(1), null, [image(2)])).toContain(
    '有 1 幅图像被拒绝（患者安全），已不再显示：序列 1 图像 2',
  );
});
