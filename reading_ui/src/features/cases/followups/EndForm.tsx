import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import { sayProblem } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import { caseKeys } from '../keys';
import * as calls from '../referralCalls';
import type { FollowUp } from '../types';
import styles from './followups.module.css';

/** The server's moves, in the order of their buttons, and where each goes. */
const moves: ReadonlyArray<{ move: string; verb: calls.Ending; needs: boolean }> = [
  { move: 'do', verb: 'done', needs: false },
  { move: 'change', verb: 'change', needs: true },
  { move: 'decline', verb: 'decline', needs: true },
];

/** Done, done otherwise, or not at all: the last two only with a reason. */
export function EndForm({ one }: { one: FollowUp }) {
  const { t } = useTranslation('cases');
  const cache = useQueryClient();
  const [asking, setAsking] = useState<calls.Ending | null>(null);
  const [text, setText] = useState('');
  const end = useMutation({
    mutationFn: (verb: calls.Ending) => {
      const said = text.trim();
      const words = verb === 'done' ? { text: said } : { reason: said };
      return calls.endFollowUp(one.id, verb, { ...words, version: one.version });
    },
    onSuccess: (_, verb) => {
      setAsking(null);
      toast(t(`followUp.said.${verb}`), { about: one.id });
    },
    onError: (error) => sayProblem(error),
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: caseKeys.followUps });
      void cache.invalidateQueries({ queryKey: caseKeys.one(one.case_id) });
    },
  });
  const offered = moves.filter(({ move }) => one.verbs.includes(move));
  const chosen = offered.find(({ verb }) => verb === asking);
  if (!chosen) {
    return (
      <span className={styles.buttons}>
        {offered.map(({ verb }) => (
          <Button key={verb} onClick={() => setAsking(verb)}>
            {t(`followUp.verb.${verb}`)}
          </Button>
        ))}
      </span>
    );
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        end.mutate(chosen.verb);
      }}
    >
      <TextArea
        label={t(`followUp.ask.${chosen.verb}`)}
        value={text}
        maxLength={2000}
        rows={2}
        autoFocus
        onChange={(event) => setText(event.target.value)}
      />
      <span className={styles.buttons}>
        <Button type="submit" tone="next" busy={end.isPending} disabled={chosen.needs && !text.trim()}>
          {t(`followUp.verb.${chosen.verb}`)}
        </Button>
        <Button tone="bare" onClick={() => setAsking(null)}>
          {t('ui:cancel')}
        </Button>
      </span>
    </form>
  );
}
