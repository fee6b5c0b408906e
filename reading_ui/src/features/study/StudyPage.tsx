import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { Reason, StudyView } from '@/api/types';
import { cx } from '@/lib/cx';
import { useLiveSubject } from '@/live';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { DueClock } from '@/ui/DueClock';
import { FactList } from '@/ui/facts/FactList';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { isUnsafe, worthSaying } from '@/ui/quality';
import { reasonText } from '@/ui/reasonText';
import { SeriesStrip } from '@/ui/SeriesStrip';
import { SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { TaskActions } from '@/ui/task/TaskActions';
import { useTitle } from '@/ui/title';
import { ReportCard } from './ReportCard';
import styles from './StudyPage.module.css';

interface Props {
  /** What other desks say about the study, above its report: the application seats them. */
  extra?: (study: StudyView) => ReactNode;
}

/** One study whole: who, state, what to do, report, images, and every fact with who and when. */
export function StudyPage({ extra }: Props) {
  const { t } = useTranslation('study');
  const { studyId = '' } = useParams();
  const study = useQuery({
    queryKey: keysOf.study(studyId),
    queryFn: ({ signal }) => calls.study(studyId, signal),
  });
  const task = study.data?.task ?? undefined;
  const stale = [keysOf.study(studyId), keysOf.timeline(studyId)];
  useLiveSubject('study', studyId, undefined, stale);
  useLiveSubject('task', task?.id, task, stale);
  useTitle(study.data ? study.data.patient.name : t('title'));
  if (study.isPending) return <SkeletonRows rows={8} />;
  if (study.isError) return <Trouble error={study.error} onRetry={() => void study.refetch()} />;
  return <StudyBody view={study.data} extra={extra?.(study.data)} />;
}

function StudyBody({ view, extra }: { view: StudyView; extra: ReactNode }) {
  const { t } = useTranslation('study');
  const navigate = useNavigate();
  const { study, patient, site, task, report } = view;
  const seesImages = view.verbs.includes('study.images');
  const problems = worthSaying(view.quality.problems, study.modalities);
  return (
    <div className={styles.page}>
      <IdentityStrip
        patient={patient}
        siteName={site.name}
        studyAt={study.study_at}
        modalities={study.modalities}
        description={study.description}
      >
        {seesImages && (
          <Button
            tone={report || task?.state === 'returned' ? 'plain' : 'next'}
            icon="image"
            onClick={() => navigate(`/read/${study.id}`)}
          >
            {t('openImages')}
          </Button>
        )}
      </IdentityStrip>
      <div className={styles.columns}>
        <div className={styles.main}>
          {extra}
          {task ? (
            <TaskCard view={view} />
          ) : (
            view.waiting && <p className={styles.said}>{reasonText('worklist:', view.waiting)}</p>
          )}
          {report && <ReportCard report={report} />}
          <Timeline studyId={study.id} allowed={view.verbs.includes('timeline.read')} />
        </div>
        <aside className={styles.side}>
          <h2>{t('images', { series: study.series_count, images: study.instance_count })}</h2>
          <Problems found={problems.filter(({ code }) => isUnsafe(code))} unsafe />
          <Problems found={problems.filter(({ code }) => !isUnsafe(code))} />
          <SeriesStrip study={view} />
          <dl className={styles.facts}>
            <dt>{t('accession')}</dt>
            <dd>{study.accession || '—'}</dd>
            <dt>{t('arrived')}</dt>
            <dd>
              <Time at={study.arrived_at} />
            </dd>
            <dt>UID</dt>
            <dd className={styles.uid}>{study.study_uid}</dd>
          </dl>
        </aside>
      </div>
    </div>
  );
}

/** What dangers there were stands apart, in red, as in the reading room. */
function Problems({ found, unsafe = false }: { found: readonly Reason[]; unsafe?: boolean }) {
  if (found.length === 0) return null;
  return (
    <ul className={cx(styles.problems, unsafe && styles.unsafe)}>
      {found.map((problem) => (
        <li key={`${problem.code}${JSON.stringify(problem.params)}`}>
          {reasonText('study:problem.', problem)}
        </li>
      ))}
    </ul>
  );
}

function TaskCard({ view }: { view: StudyView }) {
  const { t } = useTranslation('study');
  const { task, study } = view;
  if (!task) return null;
  const returned = task.state === 'returned';
  const closed = task.state === 'verified' || task.state === 'cancelled';
  return (
    <section className={styles.card}>
      <header className={styles.cardHead}>
        <Tag
          band={returned ? 'yellow' : closed ? 'grey' : 'blue'}
          icon={task.state === 'verified' ? 'check' : undefined}
        >
          {t(`ui:task.${task.state}`)}
        </Tag>
        {task.reader && <span>{task.reader.name}</span>}
        {task.state !== 'verified' && (
          <DueClock dueAt={task.due_at} startedAt={task.opened_at} band={task.band} paused={task.paused} />
        )}
        {task.late_images && task.state !== 'verified' && (
          <Tag band="yellow" icon="layers" title={t('ui:mark.lateWhy')}>
            {t('late')}
          </Tag>
        )}
        {task.route_reason && (
          <span className={styles.dim}>{reasonText('worklist:', task.route_reason)}</span>
        )}
      </header>
      {task.return_code && (
        <p className={styles.said}>
          <strong>{t(`task:returnReason.${task.return_code}`)}</strong> {task.return_text}
          {task.returned_by && <span className={styles.dim}> — {task.returned_by.name}</span>}
        </p>
      )}
      {task.answer_text && (
        <p className={styles.said}>
          {t('answered')} {task.answer_text}
        </p>
      )}
      <TaskActions
        taskId={task.id}
        studyId={study.id}
        version={task.version}
        verbs={task.verbs}
        next={returned ? 'answer' : undefined}
      />
    </section>
  );
}

function Timeline({ studyId, allowed }: { studyId: string; allowed: boolean }) {
  const { t } = useTranslation('study');
  const timeline = useQuery({
    queryKey: keysOf.timeline(studyId),
    queryFn: ({ signal }) => calls.timeline(studyId, signal),
    enabled: allowed,
  });
  if (!allowed) return null;
  return (
    <section className={cx(styles.card, styles.timeline)}>
      <h2>{t('timeline', { count: timeline.data?.items.length ?? 0 })}</h2>
      {timeline.isPending && <SkeletonRows rows={6} />}
      {timeline.isError && <Trouble error={timeline.error} onRetry={() => void timeline.refetch()} />}
      {timeline.data && <FactList facts={timeline.data.items} />}
    </section>
  );
}
