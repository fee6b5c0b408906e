import { useSession } from '@/api/session';
import { useDesk } from '@/features/desk';
import { useUnderWay } from '@/lib/underWay';
import { mayEnter, type Place } from './places';

/** How much waits behind each door: what the desk holds, in all and of consultations; how far an upload is. */
export function usePlaceCounts(): Partial<Record<Place['key'], number | string>> {
  const me = useSession((session) => session.me);
  const asked = mayEnter(me, { roles: ['county_doctor', 'coordinator', 'expert'] });
  const items = useDesk(asked).data?.items ?? [];
  const consultations = items.filter(({ kind }) => kind.startsWith('consultation_')).length;
  const upload = useUnderWay((state) => state.upload);
  return { desk: items.length, consultations, ...(upload === null ? {} : { upload: `${upload}%` }) };
}
