import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Critical } from '@/api/types';
import { useNow } from '@/lib/now';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { unblock } from './alarm';
import { CriticalDialog } from './CriticalDialog';
import styles from './critical.module.css';
import { MuteMenu } from './MuteMenu';
import { Person } from './Person';
import { Since } from './Since';
import { fingerprint, type Silence, silenced } from './states';
import { useAlarm, useRinging } from './useCriticals';

const SHOWN = 3;

/** Above every page of whoever must hear it: stays and sounds until somebody of the hospital has read it back. */
export function CriticalBanner() {
  const found = useRinging();
  const [answering, setAnswering] = useState<string | null>(null);
  const open = answering !== null && <CriticalDialog id={answering} onClose={() => setAnswering(null)} />;
  return (
    <>
      {found.length > 0 && <Ringing found={found} onAnswer={setAnswering} />}
      {open}
    </>
  );
}

function Ringing({ found, onAnswer }: { found: Critical[]; onAnswer: (id: string) => void }) {
  const { t } = useTranslation('critical');
  const now = useNow();
  const [silence, setSilence] = useState<Silence | null>(null);
  const of = fingerprint(found);
  const quiet = silenced(silence, of, now);
  const sound = useAlarm(!quiet);
  return (
    <section
      className={styles.banner}
      aria-label={t('title')}
      data-testid="critical-banner"
      data-sound={quiet ? 'muted' : sound}
    >
      <ul className={styles.ringing}>
        {found.slice(0, SHOWN).map((one) => (
          <Line key={one.id} one={one} onAnswer={onAnswer} />
        ))}
        {found.length > 1 && (
          <li className={styles.others}>
            <Link to="/criticals">{t('banner.more', { n: found.length - 1 })}</Link>
          </li>
        )}
        {found.length > SHOWN && (
          <li className={styles.rest}>
            <Link to="/criticals">{t('banner.more', { n: found.length - SHOWN })}</Link>
          </li>
        )}
      </ul>
      {sound === 'blocked' && !quiet ? (
        <Button tone="danger" icon="bell" onClick={unblock}>
          {t('banner.unblock')}
        </Button>
      ) : (
        <MuteMenu muted={quiet} onMute={(until) => setSilence({ of, until })} />
      )}
    </section>
  );
}

function Line({ one, onAnswer }: { one: Critical; onAnswer: (id: string) => void }) {
  const { t } = useTranslation('critical');
  const mine = one.verbs.includes('acknowledge');
  return (
    <li className={styles.line}>
      <span className={styles.what} role="alert">
        <Icon name="alarm" size={18} />
        <b>{t('banner.level', { level: t(`levelShort.${one.level}`) })}</b>
        <b>{t(`item.${one.item}`)}</b>
        <Person one={one} />
        <span className={styles.brief}>
          {[one.modality, one.description, one.text].filter(Boolean).join(' · ')}
        </span>
      </span>
      {one.escalated > 0 && <Tag band="red">{t(`escalated.${one.escalated}`)}</Tag>}
      <span className={styles.clock}>
        <Since at={one.raised_at} />
      </span>
      {mine ? (
        <Button tone="danger" icon="check" onClick={() => onAnswer(one.id)}>
          {t('readBack.open')}
        </Button>
      ) : (
        <>
          <span>{t('banner.phone', { site: one.site.name })}</span>
          <Button onClick={() => onAnswer(one.id)}>{t('look')}</Button>
        </>
      )}
    </li>
  );
}
