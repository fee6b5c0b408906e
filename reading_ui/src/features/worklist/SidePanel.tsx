import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { WorklistRow } from '@/api/types';
import { Button } from '@/ui/Button';
import { DueClock } from '@/ui/DueClock';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { type MarkKind, marksOf } from '@/ui/marks';
import { worthSaying } from '@/ui/quality';
import { reasonText } from '@/ui/reasonText';
import { SeriesStrip } from '@/ui/SeriesStrip';
import { Time } from '@/ui/Time';
import { TaskActions } from '@/ui/task/TaskActions';
import { StateCell } from './cells';
import styles from './SidePanel.module.css';

/** What the study itself says below, with its image problems. */
const AMONG_PROBLEMS: ReadonlySet<MarkKind> = new Set(['lacking', 'damaged']);

interface Props {
  row: WorklistRow;
  onOpen: () => void;
  onClose: () => void;
}

/** Everything about the active row without leaving the list. Row facts stand at once, the rest follows. */
export function SidePanel({ row, onOpen, onClose }: Props) {
  const { t } = useTranslation('worklist');
  const receiving = row.kind === 'receiving';
  const study = useQuery({
    queryKey: keysOf.study(row.study_id),
    queryFn: ({ signal }) => calls.study(row.study_id, signal),
    enabled: !receiving,
    staleTime: 20_000,
  });
  const problems = worthSaying(study.data?.quality.problems ?? [], row.modalities);
  const claimable = row.verbs.includes('claim');
  return (
    <aside className={styles.panel} aria-label={t('panel.label')}>
      <IdentityStrip
        patient={row.patient}
        siteName={row.site.name}
        studyAt={row.study_at}
        modalities={row.modalities}
      >
        <Button tone="bare" icon="close" aria-label={t('ui:close')} title="Esc" onClick={onClose} />
      </IdentityStrip>
      <div className={styles.body}>
        <Preview studyId={row.study_id} shown={!receiving} />
        <div className={styles.actions}>
          <Button
            tone={claimable ? 'plain' : 'next'}
            icon="image"
            keys="Enter"
            disabled={receiving}
            onClick={onOpen}
          >
            {t('task:verb.open')}
          </Button>
          {row.task_id && (
            <TaskActions
              key={row.task_id}
              taskId={row.task_id}
              studyId={row.study_id}
              version={row.version}
              verbs={row.verbs}
              next="claim"
            />
          )}
        </div>
        <dl className={styles.facts}>
          <Line word={t('column.study')}>{row.description || t('noDescription')}</Line>
          <Line word={t('column.state')}>
            <StateCell row={row} />
          </Line>
          <Line word={t('column.due')}>
            <DueClock dueAt={row.due_at} startedAt={row.arrived_at} band={row.band} paused={row.paused} />
          </Line>
          <Line word={t('column.arrived')}>
            <Time at={row.arrived_at} />
          </Line>
          {study.data?.study.accession && (
            <Line word={t('panel.accession')}>{study.data.study.accession}</Line>
          )}
          {row.body_part && <Line word={t('panel.bodyPart')}>{row.body_part}</Line>}
          {row.route_reason && (
            <Line word={t('panel.route')}>{reasonText('worklist:', row.route_reason)}</Line>
          )}
          {marksOf(row)
            .filter(({ kind }) => !AMONG_PROBLEMS.has(kind))
            .map((mark) => (
              <Line key={mark.kind} word={t(`ui:mark.${mark.kind}`, mark.params)}>
                {t(mark.why, mark.params)}
              </Line>
            ))}
          {study.data?.task?.return_code && (
            <Line word={t('panel.returned')}>
              {[t(`task:returnReason.${study.data.task.return_code}`), study.data.task.return_text]
                .filter(Boolean)
                .join('：')}
            </Line>
          )}
          {study.data?.task?.answer_text && (
            <Line word={t('panel.answer')}>{study.data.task.answer_text}</Line>
          )}
        </dl>
        {problems.length > 0 && (
          <section className={styles.problems}>
            <h3>{t('panel.quality')}</h3>
            <ul>
              {problems.map((problem) => (
                <li key={`${problem.code}${JSON.stringify(problem.params)}`}>
                  {reasonText('study:problem.', problem)}
                </li>
              ))}
            </ul>
          </section>
        )}
        <SeriesStrip study={study.data} reserve={row.series_count} />
        <Link className={styles.more} to={`/studies/${row.study_id}`}>
          {t('panel.timeline')}
        </Link>
      </div>
    </aside>
  );
}

function Line({ word, children }: { word: string; children: ReactNode }) {
  return (
    <div>
      <dt>{word}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** The key image on black; its place is reserved, and a missing one says so. */
function Preview({ studyId, shown }: { studyId: string; shown: boolean }) {
  const { t } = useTranslation('worklist');
  const [failed, setFailed] = useState<string | null>(null);
  const missing = !shown || failed === studyId;
  return (
    <div className={styles.preview}>
      {missing ? (
        <span>{t(shown ? 'panel.noPreview' : 'panel.receiving')}</span>
      ) : (
        <img
          key={studyId}
          src={calls.previewUrl(studyId)}
          alt={t('panel.preview')}
          onError={() => setFailed(studyId)}
        />
      )}
    </div>
  );
}
