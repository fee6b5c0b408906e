import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import { get } from '@/api/client';
import { keysOf } from '@/api/queries';
import type { Critical } from '@/api/types';
import { Tag } from './Band';
import { GroundWords, PaperLink } from './Ground';
import { Icon } from './icons';
import styles from './StudyKnown.module.css';

const AGAIN_MS = 20_000;
const over: ReadonlySet<string> = new Set(['closed', 'withdrawn']);

/**
 * What is known of a study to whoever may know it: its open critical findings, its signed report. Nobody answers a question about a
 * study without seeing these. Every link opens beside the page: in a room nobody leaves it by reading.
 */
export function StudyKnown({ studyId }: { studyId: string }) {
  const { t } = useTranslation('ui');
  const view = useQuery({
    queryKey: keysOf.study(studyId),
    queryFn: ({ signal }) => calls.study(studyId, signal),
    refetchInterval: AGAIN_MS,
  });
  const findings = useQuery({
    queryKey: [...keysOf.criticals, 'of', studyId],
    queryFn: ({ signal }) =>
      get<{ items: Critical[] }>('/api/criticals', { study_id: studyId, open: true }, { signal, etag: true }),
    refetchInterval: AGAIN_MS,
  });
  const open = findings.data?.items.filter(({ state }) => !over.has(state)) ?? [];
  const report = view.data?.report;
  const signed = report && (report.state === 'signed' || report.state === 'addended') ? report : null;
  if (view.isError || findings.isError)
    return (
      <span className={styles.known}>
        <Tag band="yellow" icon="alarm">
          {t('known.failed')}
        </Tag>
      </span>
    );
  if (open.length === 0 && !signed) return null;
  return (
    <span className={styles.known} data-testid="study-known">
      {open.map((one) => (
        <a
          key={one.id}
          className={styles.chip}
          href={`/criticals?id=${one.id}`}
          target="_blank"
          rel="noreferrer"
          data-testid="known-critical"
        >
          <Icon name="alarm" size={13} />
          {t('critical:title')} {t(`critical:item.${one.item}`)} · {t(`critical:state.${one.state}`)}
        </a>
      ))}
      {signed && (
        <span className={styles.report} data-testid="known-report">
          <Tag band="grey" icon="check">
            {t(`reportState.${signed.state}`)}
          </Tag>{' '}
          <span className={styles.words}>{signed.impression}</span>
          {signed.addenda.map((one) => (
            <span key={one.at} className={styles.words}>
              {t('known.addendum')} {one.text}
            </span>
          ))}
          {signed.pdf_ready && (
            <PaperLink reportId={signed.id} ground={signed}>
              {t('known.pdf')}
            </PaperLink>
          )}
          <GroundWords ground={signed} />
        </span>
      )}
    </span>
  );
}
