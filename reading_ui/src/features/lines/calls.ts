import { get, post } from '@/api/client';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];
export type Line = Schemas['DeviceLine'];
export type Check = Schemas['LineCheck'];
export type OurSide = Schemas['OurSide'];

const at = encodeURIComponent;

export const lines = () => get<Schemas['DeviceLines']>('/api/lines');
export const checks = (id: string) => get<Schemas['LineChecks']>(`/api/lines/${at(id)}/checks`);
export const check = (id: string, withImage: boolean) =>
  post<Check>(`/api/lines/${at(id)}/checks`, { with_image: withImage });
