import i18next from 'i18next';
import type { CaseFact } from '../types';

/** Roles that act in a case, the one that says most first. */
const telling = [
  'expert',
  'reviewer',
  'radiologist',
  'county_doctor',
  'coordinator',
  'technologist',
  'auditor',
  'administrator',
];

export function whoOf({ actor }: Pick<CaseFact, 'actor'>): string {
  if (actor === 'anybody') return i18next.t('facts:anybody');
  return !actor || actor === 'system' ? i18next.t('facts:system') : actor;
}

/** `主治医师 · 县级医师`: title and what somebody is at the hospital they acted for. */
export function standingOf({ title, roles }: Pick<CaseFact, 'title' | 'roles'>): string {
  const role = telling.find((one) => roles.includes(one));
  const words = [
    title && title !== 'none' ? i18next.t(`ui:title.${title}`) : '',
    role ? i18next.t(`ui:role.${role}`) : '',
  ];
  return [...new Set(words)].filter(Boolean).join(' · ');
}
