import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { cx } from '@/lib/cx';
import { dateOf } from '@/lib/time';
import { ageOf, useSexWord } from '@/ui/person';
import type { PaneView, Stack, Viewer } from '@/viewer';
import { EcgFrame } from './EcgFrame';
import { FailedPane } from './FailedPane';
import { Gaps } from './Gaps';
import { ObjectView } from './ObjectView';
import styles from './overlay.module.css';
import { overlayLines } from './overlayText';

interface Props {
  view: PaneView;
  stack: Stack | undefined;
  study: StudyView;
  viewer: Viewer;
  active: boolean;
}

/** Everything that stands on a picture but is not the picture. The mouse goes through it to the pixels. */
export function PaneOverlay({ view, stack, study, viewer, active }: Props) {
  const { t } = useTranslation('viewer');
  const signed = study.report?.state === 'signed' || study.report?.state === 'addended';
  const none = signed ? 'reading:allGone.signed' : 'reading:allGone.open';
  // Shown again, and their list is being made.
  const back = study.study.instance_count > 0 ? 'reading:preparing' : none;
  const empty = t(viewer.stacks.length > 0 ? 'overlay.empty' : back);
  return (
    <section
      className={cx(styles.cell, active && styles.active)}
      aria-label={stack?.description || stack?.modality || empty}
      data-pane={view.id}
      data-testid={view.id}
    >
      {!stack && <p className={styles.empty}>{empty}</p>}
      {stack && view.phase === 'loading' && <Placeholder view={view} stack={stack} />}
      {stack && view.phase === 'document' && <ObjectView stack={stack} study={study} />}
      {stack && view.phase === 'failed' && <FailedPane view={view} stack={stack} viewer={viewer} />}
      {stack && view.ecg && (
        <EcgFrame view={view} ecg={view.ecg} stack={stack} study={study} viewer={viewer} />
      )}
      {stack && view.phase !== 'document' && !view.ecg && <Corners view={view} stack={stack} study={study} />}
      {stack?.kind === 'images' && <Gaps view={view} stack={stack} viewer={viewer} />}
    </section>
  );
}

/** The thumbnail or preview stands in until the first pixels come; the badge says so. */
function Placeholder({ view, stack }: { view: PaneView; stack: Stack }) {
  const { t } = useTranslation('viewer');
  const ref = stack.frames[view.target];
  // Of a large picture the better stand-in is worth its bytes, for it is looked at longer.
  const source = (ref?.rendition && ref.preview) || stack.thumb;
  return (
    <div className={styles.placeholder}>
      {source && <img src={source} alt="" draggable={false} />}
      <span className={styles.loading}>
        {t('overlay.loading', { index: view.target + 1, count: view.count })}
      </span>
    </div>
  );
}

function Corners({ view, stack, study }: { view: PaneView; stack: Stack; study: StudyView }) {
  const { t } = useTranslation('viewer');
  const lines = overlayLines(view, stack, t);
  const number = stack.number === null ? '' : t('overlay.series', { n: stack.number });
  return (
    <>
      <Patient study={study} />
      <div className={cx(styles.corner, styles.topRight)}>
        <span>{[stack.modality, dateOf(study.study.study_at)].filter(Boolean).join(' ')}</span>
        <span>{[number, stack.description].filter(Boolean).join(' ')}</span>
        <Quality view={view} />
      </div>
      <Lines className={styles.bottomLeft} lines={lines.bottomLeft} />
      <Lines className={styles.bottomRight} lines={lines.bottomRight} />
      {view.edges && (
        <>
          <b className={cx(styles.edge, styles.top)}>{view.edges.top}</b>
          <b className={cx(styles.edge, styles.right)}>{view.edges.right}</b>
          <b className={cx(styles.edge, styles.bottom)}>{view.edges.bottom}</b>
          <b className={cx(styles.edge, styles.left)}>{view.edges.left}</b>
        </>
      )}
    </>
  );
}

function Patient({ study }: { study: StudyView }) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const { patient } = study;
  const age = ageOf(patient.age);
  return (
    <div className={cx(styles.corner, styles.topLeft)}>
      <strong>{patient.name}</strong>
      <span>
        {[sexWord(patient.sex), age && t(`age.${age.unit}`, { n: age.n })].filter(Boolean).join(' ')}
      </span>
      <span>
        {patient.patient_id}@{study.site.name}
      </span>
    </div>
  );
}

/** Never report on a preview: the badge is on every pane, as long as there is a picture on it. */
function Quality({ view }: { view: PaneView }) {
  const { t } = useTranslation('viewer');
  if (view.phase === 'failed') return null;
  const full = view.quality === 'full' && view.phase === 'shown';
  return (
    <span
      className={cx(styles.quality, full ? styles.full : styles.preview)}
      title={t(full ? 'overlay.fullWhy' : 'overlay.previewWhy')}
      data-testid="quality"
    >
      {full ? '●' : '◐'} {t(full ? 'overlay.full' : 'overlay.preview')}
    </span>
  );
}

function Lines({ lines, className }: { lines: string[]; className: string | undefined }) {
  return (
    <div className={cx(styles.corner, className)}>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </div>
  );
}
