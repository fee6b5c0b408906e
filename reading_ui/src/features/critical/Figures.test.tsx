import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import i18next from 'i18next';
import { renderToStaticMarkup } from 'react-dom/server';
import { initReactI18next } from 'react-i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { keysOf } from '@/api/queries';
import type { CriticalFigures } from '@/api/types';
import ui from '@/ui/i18n/zh-CN.json';
import { Figures } from './Figures';
import critical from './i18n/zh-CN.json';

beforeAll(() =>
  i18next
    .use(initReactI18next)
    .init({ lng: 'zh-CN', resources: { 'zh-CN': { critical, ui } }, interpolation: { escapeValue: false } }),
);

const quiet: CriticalFigures = {
  raised: 0,
  in_time: 0,
  counted: 0,
  in_time_percent: null,
  median_seconds: null,
  escalated: 0,
  closed: 0,
  open: 0,
};

const drawn = (data?: CriticalFigures): string => {
  const client = new QueryClient();
  if (data) client.setQueryData([...keysOf.criticals, 'figures'], data);
  return renderToStaticMarkup(
    <QueryClientProvider client={client}>
      <Figures />
    </QueryClientProvider>,
  );
};

const why = '暂无数据：近 30 天没有已复述的危急值';

describe('the figures of the critical findings', () => {
  it('say why there is none, by the sign that every table has', () => {
    const html = drawn(quiet);
    expect(html.match(new RegExp(`title="${why}"><span aria-hidden="true">—</span>`, 'g'))).toHaveLength(2);
    expect(html).not.toContain('–');
  });

  it('are themselves where there is something to count, a nought included', () => {
    const html = drawn({
      ...quiet,
      raised: 2,
      counted: 2,
      in_time: 2,
      in_time_percent: 100,
      median_seconds: 75,
    });
    expect(html).toContain('<dd>100%</dd>');
    expect(html).toContain('<dd>0</dd>');
    expect(html).not.toContain('—');
  });

  it('are not called none before they have come', () => {
    const html = drawn();
    expect(html).not.toContain(why);
    expect(html.match(/title="正在载入"/g)).toHaveLength(6);
  });
});
