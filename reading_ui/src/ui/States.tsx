import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { asProblem } from '@/api/problem';
import { Button } from './Button';
import { Icon, type IconName } from './icons';
import { problemText } from './problemText';
import styles from './States.module.css';

/** Why a list is empty, and what would fill it. */
export function Empty({
  icon = 'rows',
  title,
  children,
}: {
  icon?: IconName;
  title: string;
  children?: ReactNode;
}) {
  return (
    <div className={styles.centre}>
      <Icon name={icon} size={28} />
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.more}>{children}</div>}
    </div>
  );
}

const gone: ReadonlySet<string> = new Set([
  'study.absent',
  'case.absent',
  'referral.absent',
  'consultation.absent',
  'meeting.absent',
  'item.absent',
  'permit.refused',
  'page.absent',
  'http.403',
  'http.404',
]);

/** What happened, what is safe, what to do. What is not there, or not for this person, is not asked for again. */
export function Trouble({ error, onRetry, safe }: { error: unknown; onRetry?: () => void; safe?: string }) {
  const { t } = useTranslation('ui');
  const absent = gone.has(asProblem(error).code);
  return (
    <div className={styles.centre} role="alert">
      <span className={absent ? undefined : styles.alarm}>
        <Icon name={absent ? 'search' : 'alarm'} size={28} />
      </span>
      <p className={styles.title}>{problemText(error)}</p>
      {safe && <p className={styles.more}>{safe}</p>}
      {absent && <Link to="/">{t('home')}</Link>}
      {onRetry && !absent && (
        <Button icon="refresh" onClick={onRetry}>
          {t('retry')}
        </Button>
      )}
    </div>
  );
}

const LATE_MS = 300;

/** Shows nothing for 300 ms: what loads quickly never flickers. */
export function Late({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return late ? children : null;
}

/** Grey rows of the size of what will come. */
export function SkeletonRows({ rows = 12, height = 30 }: { rows?: number; height?: number }) {
  const { t } = useTranslation('ui');
  return (
    <Late>
      <div role="status" aria-label={t('loading')} className={styles.skeleton}>
        {Array.from({ length: rows }, (_, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: identical grey rows have no other identity
          <div key={index} style={{ height }}>
            <span style={{ width: `${34 + ((index * 17) % 48)}%` }} />
          </div>
        ))}
      </div>
    </Late>
  );
}
