import { byNamespace } from './words';

export const words = byNamespace(
  import.meta.glob<Record<string, unknown>>('/src/**/i18n/zh-CN.json', { eager: true, import: 'default' }),
);
