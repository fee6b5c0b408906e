import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon, type IconName } from '@/ui/icons';
import { useTitle } from '@/ui/title';
import { toast } from '@/ui/toast';
import styles from './calltest.module.css';
import { lookAt } from './look';
import { codeOf, type Findings, NOTHING, STEPS, type StepName, type Verdict, verdictOf } from './result';

const ICONS: Record<Verdict, IconName> = { waiting: 'clock', ok: 'check', warn: 'alarm', bad: 'alarm' };

/** Before a call: camera, microphone, network and media node, each with what to do; one code for the telephone. */
export function CallTestPage() {
  const { t } = useTranslation('calltest');
  const [findings, setFindings] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  useTitle(t('title'));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn looks again
  useEffect(() => {
    let over = false;
    setFindings(NOTHING);
    const tell = (found: Partial<Findings>) => {
      if (!over) setFindings((all) => ({ ...all, ...found }));
    };
    void lookAt(tell, () => over);
    return () => {
      over = true;
    };
  }, [turn]);
  const code = codeOf(findings);
  const copy = () => {
    const done = navigator.clipboard?.writeText(code ?? '') ?? Promise.reject();
    done.then(
      () => toast(t('copied')),
      () => toast(t('copyByHand'), { tone: 'news' }),
    );
  };
  return (
    <div className={styles.page}>
      <h1>{t('title')}</h1>
      <p className={styles.dim}>{t('hint')}</p>
      <ol className={styles.steps}>
        {STEPS.map((step) => (
          <Step key={step} step={step} findings={findings} />
        ))}
      </ol>
      <section className={styles.result} aria-live="polite">
        <span>{t('code')}</span>
        <output className={styles.code} data-testid="call-code">
          {code ?? t('running')}
        </output>
        <Button onClick={copy} disabled={code === null}>
          {t('copy')}
        </Button>
        <Button icon="refresh" onClick={() => setTurn(turn + 1)} disabled={code === null}>
          {t('again')}
        </Button>
      </section>
      <p className={styles.dim}>{t('codeHint')}</p>
    </div>
  );
}

function Step({ step, findings }: { step: StepName; findings: Findings }) {
  const { t } = useTranslation('calltest');
  const verdict = verdictOf(step, findings);
  const found = findings[step];
  return (
    <li className={cx(styles.step, styles[verdict])} data-step={step} data-verdict={verdict}>
      <Icon name={ICONS[verdict]} size={18} />
      <b>{t(`step.${step}`)}</b>
      <span>
        {found === null
          ? t('looking')
          : t(`${step}.${found}`, { ms: findings.nodeMs ?? 0, origin: window.location.origin })}
      </span>
    </li>
  );
}
