import type { ReactNode } from 'react';
import { cx } from '@/lib/cx';
import { Button } from './Button';
import styles from './Checks.module.css';
import { Icon, type IconName } from './icons';
import { toast } from './toast';

export type Went = 'waiting' | 'skipped' | 'ok' | 'warned' | 'failed';

const ICONS: Record<Went, IconName> = {
  waiting: 'clock',
  skipped: 'pause',
  ok: 'check',
  warned: 'alarm',
  failed: 'alarm',
};

/** What was tried one after the other: how it went, what it was, what was found. */
export const Checks = ({ children }: { children: ReactNode }) => (
  <ol className={styles.checks}>{children}</ol>
);

interface CheckProps {
  name: string;
  went: Went;
  title: string;
  /** What to do about it. */
  help?: string | undefined;
  children: ReactNode;
}

export function Check({ name, went, title, help, children }: CheckProps) {
  return (
    <li className={cx(styles.check, styles[went])} data-step={name} data-verdict={went}>
      <Icon name={ICONS[went]} size={18} />
      <b>{title}</b>
      <div>
        {children}
        {help && <p className={styles.help}>{help}</p>}
      </div>
    </li>
  );
}

interface CodeProps {
  /** Null while it is being found out. */
  code: string | null;
  testId: string;
  say: (key: 'code' | 'running' | 'copy' | 'copied' | 'copyByHand') => string;
  children?: ReactNode;
}

/** A result as a code that somebody can read out on the telephone. */
export function SpokenCode({ code, testId, say, children }: CodeProps) {
  const copy = () => {
    const done = navigator.clipboard?.writeText(code ?? '') ?? Promise.reject();
    done.then(
      () => toast(say('copied')),
      () => toast(say('copyByHand'), { tone: 'news' }),
    );
  };
  return (
    <div className={styles.result} aria-live="polite">
      <span>{say('code')}</span>
      <output className={styles.code} data-testid={testId}>
        {code ?? say('running')}
      </output>
      <Button onClick={copy} disabled={code === null}>
        {say('copy')}
      </Button>
      {children}
    </div>
  );
}
