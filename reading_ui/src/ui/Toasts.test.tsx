import i18next from 'i18next';
import { renderToStaticMarkup } from 'react-dom/server';
import { initReactI18next } from 'react-i18next';
import { beforeAll, expect, it } from 'vitest';
import zh from './i18n/zh-CN.json';
import { Icon } from './icons';
import { ToastLine } from './Toasts';
import type { Toast } from './toast';

beforeAll(() => i18next.use(initReactI18next).init({ lng: 'zh-CN', resources: { 'zh-CN': { ui: zh } } }));

const drawn = (tone: Toast['tone']): string =>
  renderToStaticMarkup(<ToastLine item={{ id: 1, text: '检查有图像文件损坏或丢失', tone }} />);
const alarm = renderToStaticMarkup(<Icon name="alarm" />);

it('a caution has the sign of an alarm and a look of its own, ordinary news neither', () => {
  expect(drawn('caution')).toContain(alarm);
  expect(drawn('news')).not.toContain(alarm);
  const look = (tone: Toast['tone']) => /<div class="([^"]*)"/.exec(drawn(tone))?.[1];
  expect(new Set([look('caution'), look('news'), look('problem')]).size).toBe(3);
});
