import { useQuery } from '@tanstack/react-query';
import { keysOf } from '@/api/queries';
import { pollWhileAllowed, useConnection, useLiveSubject } from '@/live';
import * as calls from './calls';

/** One consultation, kept fresh by its own facts. */
export function useConsultation(id: string) {
  const line = useConnection((connection) => connection.state);
  const found = useQuery({
    queryKey: keysOf.consultation(id),
    queryFn: ({ signal }) => calls.one(id, signal),
    refetchInterval: pollWhileAllowed(line),
  });
  useLiveSubject('consultation', id, found.data, [
    keysOf.consultation(id),
    keysOf.consultationTimeline(id),
    keysOf.desk,
  ]);
  return found;
}
