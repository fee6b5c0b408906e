import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { act, type TaskVerb, type TaskWords } from '@/api/calls';
import { keysOf } from '@/api/queries';
import { Button } from '../Button';
import { sayProblem } from '../problemText';
import { toast } from '../toast';
import styles from './TaskActions.module.css';
import { WordsForm } from './WordsForm';
import { type WordyVerb, wordy } from './words';

interface Props {
  taskId: string;
  studyId: string;
  version: number;
  /** What the server offers this person now. */
  verbs: readonly string[];
  /** The verb whose button is the next thing to do. */
  next?: string;
}

/** Verbs that are refused when the task has changed since it was shown. */
const versioned: ReadonlySet<TaskVerb> = new Set(['return', 'answer', 'cancel']);

/** One button per verb the server offers; verbs that need words open a small form in place. */
export function TaskActions({ taskId, studyId, version, verbs, next }: Props) {
  const { t } = useTranslation('task');
  const [asking, setAsking] = useState<WordyVerb | null>(null);
  const run = useTaskVerb(taskId, studyId);
  const wordyVerbs = wordy.filter((verb) => verbs.includes(verb));
  const send = (verb: TaskVerb, words: TaskWords) =>
    run.mutate(
      { verb, words: versioned.has(verb) ? { ...words, version } : words },
      { onSuccess: () => setAsking(null) },
    );
  if (asking) {
    return <WordsForm verb={asking} busy={run.isPending} onCancel={() => setAsking(null)} onSend={send} />;
  }
  if (!verbs.includes('claim') && wordyVerbs.length === 0) return null;
  return (
    <div className={styles.actions}>
      {verbs.includes('claim') && (
        <Button
          tone={next === 'claim' ? 'next' : 'plain'}
          busy={run.isPending}
          keys="c"
          onClick={() => send('claim', {})}
        >
          {t('verb.claim')}
        </Button>
      )}
      {wordyVerbs.map((verb) => (
        <Button key={verb} tone={next === verb ? 'next' : 'plain'} onClick={() => setAsking(verb)}>
          {t(`verb.${verb}`)}
        </Button>
      ))}
    </div>
  );
}

/** Sends a task verb, says what came of it, and marks what it changed as stale. A claim can be undone. */
export function useTaskVerb(taskId: string, studyId: string) {
  const { t } = useTranslation('task');
  const cache = useQueryClient();
  const stale = () =>
    Promise.all(
      [
        keysOf.worklist,
        keysOf.countyStudies,
        keysOf.study(studyId),
        keysOf.timeline(studyId),
        keysOf.task(taskId),
      ].map((queryKey) => cache.invalidateQueries({ queryKey })),
    );
  return useMutation({
    mutationFn: ({ verb, words }: { verb: TaskVerb; words: TaskWords }) => act(taskId, verb, words),
    onSuccess: (task, { verb }) => {
      cache.setQueryData(keysOf.task(taskId), task);
      const undo = () =>
        void act(taskId, 'release', { reason: t('undoReason') })
          .then(() => toast(t('done.release'), { about: taskId }))
          .catch(sayProblem)
          .finally(stale);
      toast(t(`done.${verb}`), {
        about: taskId,
        action: verb === 'claim' ? { label: t('ui:undo'), run: undo } : undefined,
      });
    },
    onError: sayProblem,
    onSettled: () => void stale(),
  });
}
