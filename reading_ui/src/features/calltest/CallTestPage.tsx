import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Check, Checks, SpokenCode, type Went } from '@/ui/Checks';
import { useTitle } from '@/ui/title';
import styles from './calltest.module.css';
import { lookAt } from './look';
import { codeOf, type Findings, NOTHING, STEPS, type StepName, type Verdict, verdictOf } from './result';

const WENT: Record<Verdict, Went> = { waiting: 'waiting', ok: 'ok', warn: 'warned', bad: 'failed' };

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
  return (
    <div className={styles.page}>
      <h1>{t('title')}</h1>
      <p className={styles.dim}>{t('hint')}</p>
      <Checks>
        {STEPS.map((step) => (
          <Step key={step} step={step} findings={findings} />
        ))}
      </Checks>
      <SpokenCode code={code} testId="call-code" say={t}>
        <Button icon="refresh" onClick={() => setTurn(turn + 1)} disabled={code === null}>
          {t('again')}
        </Button>
      </SpokenCode>
      <p className={styles.dim}>{t('codeHint')}</p>
    </div>
  );
}

function Step({ step, findings }: { step: StepName; findings: Findings }) {
  const { t } = useTranslation('calltest');
  const verdict = verdictOf(step, findings);
  const found = findings[step];
  return (
    <Check name={step} went={WENT[verdict]} title={t(`step.${step}`)}>
      {found === null
        ? t('looking')
        : t(`${step}.${found}`, { ms: findings.nodeMs ?? 0, origin: window.location.origin })}
    </Check>
  );
}
