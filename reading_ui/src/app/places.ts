import type { Me, Role } from '@/api/types';

/** The rooms of the house: where they are, who may enter, which key leads there. One table for menu, keys and guard. */
export interface Place {
  key:
    | 'worklist'
    | 'county'
    | 'desk'
    | 'consultations'
    | 'meetings'
    | 'cases'
    | 'referrals'
    | 'followUps'
    | 'criticals'
    | 'orders'
    | 'upload'
    | 'arrivals'
    | 'parked'
    | 'lines'
    | 'rejections'
    | 'scrubs'
    | 'admin'
    | 'audit';
  path: string;
  roles: readonly Role[];
  keys: string;
  /** Whose day begins here; of all who may enter when absent. */
  homeOf?: readonly Role[];
}

export const places: readonly Place[] = [
  {
    key: 'worklist',
    path: '/worklist',
    roles: ['radiologist', 'reviewer', 'coordinator'],
    keys: 'g w',
    homeOf: ['radiologist', 'reviewer'],
  },
  { key: 'county', path: '/county', roles: ['county_doctor', 'technologist'], keys: 'g d' },
  { key: 'desk', path: '/desk', roles: ['coordinator', 'expert'], keys: 'g t' },
  { key: 'audit', path: '/audit', roles: ['auditor'], keys: 'g u' },
  {
    key: 'consultations',
    path: '/consultations',
    roles: ['county_doctor', 'coordinator', 'expert', 'auditor'],
    keys: 'g h',
  },
  {
    key: 'meetings',
    path: '/meetings',
    roles: ['county_doctor', 'coordinator', 'expert', 'auditor'],
    keys: 'g m',
  },
  {
    key: 'cases',
    path: '/cases',
    roles: ['county_doctor', 'coordinator', 'expert', 'radiologist', 'reviewer', 'auditor'],
    keys: 'g c',
  },
  {
    key: 'referrals',
    path: '/referrals',
    roles: ['county_doctor', 'coordinator', 'expert', 'auditor'],
    keys: 'g z',
  },
  { key: 'followUps', path: '/follow-ups', roles: ['county_doctor', 'coordinator', 'expert'], keys: 'g f' },
  {
    key: 'criticals',
    path: '/criticals',
    roles: ['radiologist', 'reviewer', 'coordinator', 'county_doctor', 'technologist', 'auditor'],
    keys: 'g k',
  },
  { key: 'orders', path: '/orders', roles: ['county_doctor', 'technologist', 'coordinator'], keys: 'g o' },
  { key: 'upload', path: '/upload', roles: ['technologist', 'county_doctor', 'coordinator'], keys: 'g s' },
  { key: 'arrivals', path: '/arrivals', roles: ['technologist', 'coordinator'], keys: 'g r' },
  { key: 'parked', path: '/parked', roles: ['coordinator'], keys: 'g p' },
  { key: 'admin', path: '/admin', roles: ['administrator'], keys: 'g a' },
  { key: 'lines', path: '/lines', roles: ['technologist', 'administrator'], keys: 'g l' },
  {
    key: 'rejections',
    path: '/rejections',
    roles: ['technologist', 'coordinator', 'auditor', 'administrator'],
    keys: 'g j',
  },
  { key: 'scrubs', path: '/scrubs', roles: ['administrator'], keys: 'g b' },
];

export const rolesOf = (me: Me | null): Set<Role> => new Set(me?.roles.map((grant) => grant.role));

export const mayEnter = (me: Me | null, place: Pick<Place, 'roles'>): boolean => {
  const roles = rolesOf(me);
  return place.roles.some((role) => roles.has(role));
};

/** Where a person's day begins: the first place open to them. */
export const homeOf = (me: Me | null): string =>
  places.find((place) => mayEnter(me, { roles: place.homeOf ?? place.roles }))?.path ?? '/account';
