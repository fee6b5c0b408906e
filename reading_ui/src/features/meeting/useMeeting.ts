import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { pollWhileAllowed, useConnection, useLiveSubject } from '@/live';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import { keys } from './calls';

/** One meeting with its agenda, kept fresh by its own facts and those of its cases. */
export function useMeeting(id: string) {
  const line = useConnection((connection) => connection.state);
  const found = useQuery({
    queryKey: keys.meeting(id),
    queryFn: ({ signal }) => calls.one(id, signal),
    refetchInterval: pollWhileAllowed(line),
  });
  useLiveSubject('meeting', id, undefined, [keys.meeting(id), keysOf.desk]);
  return found;
}

/** One case of it whole, with its studies and the hospitals that can be asked to do something. */
export function useItem(id: string, item: string | undefined) {
  return useQuery({
    queryKey: keys.item(id, item ?? ''),
    queryFn: ({ signal }) => calls.item(id, item ?? '', signal),
    enabled: item !== undefined,
  });
}

/** Carries out one verb; says what came of it. Refused or not, the meeting is fetched anew. */
export function useDeed<Answer>(id: string, done: string, onDone?: (answer: Answer) => void) {
  const { t } = useTranslation('meeting');
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (run: () => Promise<Answer>) => run(),
    onSuccess: (answer) => {
      toast(t(`done.${done}`), { about: id });
      onDone?.(answer);
    },
    onError: (error) => toast(problemText(error), { tone: 'problem', about: id }),
    onSettled: () => {
      for (const queryKey of [keys.meeting(id), keys.meetings, keys.boards, keysOf.desk])
        void cache.invalidateQueries({ queryKey });
    },
  });
}
