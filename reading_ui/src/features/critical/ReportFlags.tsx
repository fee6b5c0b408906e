import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { CriticalFlag, StudyView } from '@/api/types';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import * as calls from './calls';
import styles from './critical.module.css';
import { DenyForm } from './DenyForm';
import { RaiseDialog, type Suggested } from './RaiseDialog';

interface Props {
  study: StudyView;
  reportId: string;
  /** The version whose text is asked about: every save asks anew. */
  version: number;
  /** Asked about instead: what is to be added to the signed report. */
  addendum?: string;
}

const NONE = { items: [] };

/** Phrases of the report that speak of a critical finding: each is raised, or said to be none, before it is handed in or signed. */
export function ReportFlags({ study, reportId, version, addendum }: Props) {
  const { t } = useTranslation('critical');
  const [raising, setRaising] = useState<Suggested | null>(null);
  const found = useQuery({
    queryKey: [...keysOf.criticals, 'flags', reportId, version, addendum ?? null],
    queryFn: () =>
      addendum === undefined
        ? calls.flags(reportId)
        : addendum.trim()
          ? calls.addendumFlags(reportId, addendum)
          : NONE,
    placeholderData: keepPreviousData,
  });
  const flags = found.data?.items ?? [];
  const open = flags.filter((flag) => !flag.answer);
  if (flags.length === 0) return null;
  return (
    <section className={styles.flags} data-testid="critical-flags" data-open={open.length}>
      <h3>
        <Icon name={open.length > 0 ? 'alarm' : 'check'} size={14} />
        {open.length > 0 ? t('flag.title', { count: open.length }) : t('flag.answered')}
      </h3>
      <ul>
        {flags.map((flag) => (
          <li key={flag.phrase}>
            <Flag flag={flag} />
            {!flag.answer && (
              <span className={styles.flagButtons}>
                <Button
                  tone="danger"
                  icon="alarm"
                  onClick={() => setRaising({ item: flag.item, text: flag.clause })}
                >
                  {t('flag.raise')}
                </Button>
                <DenyForm reportId={reportId} phrase={flag.phrase} addendum={addendum ?? null} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {raising && <RaiseDialog study={study} suggested={raising} onClose={() => setRaising(null)} />}
    </section>
  );
}

function Flag({ flag }: { flag: CriticalFlag }) {
  const { t } = useTranslation('critical');
  const { answer } = flag;
  const at = flag.clause.indexOf(flag.phrase);
  return (
    <p className={styles.clause}>
      <Tag band={answer ? 'grey' : 'red'}>{t(`levelShort.${flag.level}`)}</Tag>
      <span>
        {at < 0 ? (
          flag.clause
        ) : (
          <>
            {flag.clause.slice(0, at)}
            <mark>{flag.phrase}</mark>
            {flag.clause.slice(at + flag.phrase.length)}
          </>
        )}
      </span>
      {answer?.kind === 'raised' && <span className={styles.dim}>{t('flag.raised')}</span>}
      {answer?.kind === 'denied' && (
        <span className={styles.dim}>
          {t('flag.denied', { by: answer.by.name, reason: answer.reason ?? '' })}
        </span>
      )}
    </p>
  );
}
