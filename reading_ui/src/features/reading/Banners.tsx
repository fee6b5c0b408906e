import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Reason, StudyView } from '@/api/types';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon, type IconName } from '@/ui/icons';
import { isUnsafe } from '@/ui/quality';
import { reasonText } from '@/ui/reasonText';
import { problemWords } from './problemWords';
import styles from './reading.module.css';
import { grown, type Newer } from './rejected';
import type { Lease } from './useLease';

interface Props {
  study: StudyView;
  lease: Lease;
  /** What waits to be loaded since the pictures were opened. */
  newer: Newer | null;
  onTakeNewer: () => void;
  /** What has left the screen meanwhile: said before what has come. */
  children?: React.ReactNode;
}

const newerWords = {
  images: { text: 'late.newer', take: 'late.take' },
  restored: { text: 'late.restored', take: 'late.load' },
  either: { text: 'late.either', take: 'late.load' },
  files: { text: 'late.changed', take: 'late.update' },
} as const;

/** What the reader must know before going on: one line each, with what to do. */
export function Banners({ study, lease, newer, onTakeNewer, children }: Props) {
  const { t } = useTranslation('reading');
  const { task, quality } = study;
  const [atOpening, setAtOpening] = useState(quality.problems);
  // What was rejected before the pictures were opened, and is not by now, is among what waits or was: nobody knows which.
  const lifted = grown(quality.problems, atOpening).length > 0;
  const waiting = newer && newerWords[newer.kind === 'images' && lifted ? 'either' : newer.kind];
  const take = () => {
    setAtOpening(quality.problems);
    onTakeNewer();
  };
  const broken = quality.problems.filter(
    ({ code }) => code.startsWith('pixels.') || code.startsWith('object.'),
  );
  const signed = study.report?.state === 'signed' || study.report?.state === 'addended';
  const withdrawn = study.report?.withdrawn ?? 0;
  const gone = quality.problems.filter(({ code }) => /^(images|identity)\./.test(code));
  const kept = quality.problems.find(({ code }) => code === 'arrivals.open');
  return (
    <>
      {lease.lost && (
        <Banner
          tone="red"
          icon="lock"
          text={lease.lost.name ? t('lost.toOther', { name: lease.lost.name }) : t('lost.lapsed')}
        >
          <Button onClick={lease.forgetLoss}>{t('understood')}</Button>
        </Banner>
      )}
      {signed && withdrawn > 0 && (
        <Banner tone="red" icon="alarm" text={t('withdrawn', { count: withdrawn })} />
      )}
      {children}
      {(newer || task?.late_images) && (
        <Banner
          tone="yellow"
          icon="incoming"
          text={t(waiting?.text ?? (signed ? 'late.signed' : 'late.marked'), { count: newer?.count })}
        >
          {waiting && <Button onClick={take}>{t(waiting.take)}</Button>}
        </Banner>
      )}
      {broken.length > 0 && (
        <Banner tone="yellow" icon="alarm" text={t('undecodable', brokenWords(broken))} />
      )}
      {gone.map((problem) => (
        <Banner
          key={`${problem.code} ${problem.params.number ?? ''}`}
          tone={isUnsafe(problem.code) && problem.code !== 'images.undone' ? 'red' : 'yellow'}
          icon="alarm"
          text={reasonText('study:problem.', problem)}
        />
      ))}
      {kept && <Banner tone="yellow" icon="alarm" text={t('keptApart', { n: kept.params.count ?? 1 })} />}
      {task?.answer_text && (
        <Banner tone="blue" icon="question" text={t('answered', { text: task.answer_text })} />
      )}
    </>
  );
}

/** How many objects, and the kinds of trouble, each said once. */
function brokenWords(broken: readonly Reason[]): { n: number; reasons: string } {
  const n = broken.reduce((sum, { params }) => sum + Number(params.count ?? 1), 0);
  return { n, reasons: [...new Set(broken.map(({ code }) => problemWords(code)))].join('；') };
}

interface BannerProps {
  tone: 'red' | 'yellow' | 'blue';
  icon: IconName;
  text: string;
  children?: React.ReactNode;
}

export function Banner({ tone, icon, text, children }: BannerProps) {
  return (
    <div className={cx(styles.banner, styles[tone])} role={tone === 'red' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <span>{text}</span>
      {children}
    </div>
  );
}
