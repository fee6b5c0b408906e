import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { dateOf } from '@/lib/time';
import { ageOf, useSexWord } from '@/ui/person';
import { ECG_FRAME, type EcgView, type PaneView, type Stack, type Viewer } from '@/viewer';
import { EcgBar } from './EcgBar';
import styles from './EcgFrame.module.css';

interface Props {
  view: PaneView;
  ecg: EcgView;
  stack: Stack;
  study: StudyView;
  viewer: Viewer;
}

/** What stands around an ECG: whose it is, to what scale, what is wrong with it, and how to look at it. */
export function EcgFrame({ view, ecg, stack, study, viewer }: Props) {
  const { t } = useTranslation('viewer');
  const { look } = ecg;
  const scale = t('ecg.scale', { speed: look.speed, gain: look.gain });
  return (
    <div
      className={styles.frame}
      data-testid="ecg"
      data-leads={ecg.leads.join(' ')}
      data-layout={look.layout}
      data-gain={look.gain}
      data-speed={look.speed}
      data-percent={ecg.percent}
    >
      <header className={styles.head} style={{ height: ECG_FRAME.top }}>
        <Whose study={study} />
        <div className={styles.scale}>
          <strong data-testid="ecg-scale">{scale}</strong>
          <span title={t('ecg.nominalWhy')}>{t('ecg.nominal', { percent: ecg.percent })}</span>
        </div>
        <div className={styles.side}>
          <span>
            {[stack.modality, dateOf(study.study.study_at), stack.description].filter(Boolean).join(' ')}
          </span>
          <strong className={styles.caution} title={t('overlay.ecgWhy')}>
            {t('overlay.ecg')}
          </strong>
        </div>
      </header>
      <p className={styles.spoken} role="img" aria-label={t('ecg.spoken', { leads: leadsOf(ecg), scale })} />
      <Notices ecg={ecg} />
      <EcgBar view={view} ecg={ecg} viewer={viewer} />
    </div>
  );
}

const leadsOf = ({ leads, without }: EcgView): string =>
  [...new Set(leads)].filter((name) => !without.includes(name)).join(' ');

/** Name, sex, age, number and site, as on every picture. */
function Whose({ study }: { study: StudyView }) {
  const { t } = useTranslation('ui');
  const sexWord = useSexWord();
  const { patient } = study;
  const age = ageOf(patient.age);
  const sexAndAge = [sexWord(patient.sex), age && t(`age.${age.unit}`, { n: age.n })]
    .filter(Boolean)
    .join(' ');
  return (
    <div className={styles.whose}>
      <span>
        <strong>{patient.name}</strong> {sexAndAge}
      </span>
      <span>
        {patient.patient_id}@{study.site.name}
      </span>
    </div>
  );
}

/** Never silent about what the file lacks. */
function Notices({ ecg }: { ecg: EcgView }) {
  const { t } = useTranslation('viewer');
  if (ecg.notices.length === 0) return null;
  return (
    <ul className={styles.notices} style={{ bottom: ECG_FRAME.bottom }} data-testid="ecg-notices">
      {ecg.notices.map(({ code, leads, seconds = 0 }) => (
        <li key={code}>
          ⚠ {t(`ecg.notice.${code}`, { leads: leads.join(' '), seconds: seconds.toFixed(1) })}
        </li>
      ))}
    </ul>
  );
}
