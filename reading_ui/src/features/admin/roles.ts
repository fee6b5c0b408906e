import type { Role, Title } from '@/api/types';

export const roles: readonly Role[] = [
  'radiologist',
  'reviewer',
  'county_doctor',
  'technologist',
  'coordinator',
  'expert',
  'administrator',
  'auditor',
];
export const titles: readonly Title[] = [
  'none',
  'technician',
  'resident',
  'attending',
  'associate_chief',
  'chief',
];

/** Administrator and auditor exclude each other: nobody checks their own traces. */
export const excluded = (role: Role, held: readonly Role[]): boolean =>
  (role === 'auditor' && held.includes('administrator')) ||
  (role === 'administrator' && held.includes('auditor'));
