import { byNamespace } from './words';

export const words = byNamespace(
  import.meta.glob<Record<string, unknown>>('/src/**/i18n/en.json', { eager: true, import: 'default' }),
);
