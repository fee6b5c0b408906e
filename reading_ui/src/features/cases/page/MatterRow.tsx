import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Band } from '@/lib/time';
import { BandMark, Tag } from '@/ui/Band';
import { DueClock } from '@/ui/DueClock';
import { Time } from '@/ui/Time';
import type { About } from '../timeline/about';
import type { Matter } from '../timeline/replay';
import styles from './CasePage.module.css';
import { contextOf, isOver, linkOf, stateKey } from './matters';

interface Clock {
  band: Band;
  due: string | null;
  from: string | null;
  paused: boolean;
}

interface Props {
  matter: Matter;
  about: About;
  /** Now, with its clock; not in a replay. */
  live: boolean;
}

/** One thing that runs: kind and number, what it says, state, clock, and where it is. */
export function MatterRow({ matter, about, live }: Props) {
  const { t } = useTranslation('cases');
  const clock = live ? clockOf(matter, about) : null;
  return (
    <li className={styles.matter} data-over={isOver(matter) || undefined}>
      <BandMark band={clock?.band ?? (isOver(matter) || !live ? 'grey' : 'blue')} />
      <span className={styles.kind}>{t(`matters.kind.${matter.subject}`)}</span>
      <span className={styles.what}>
        <Link to={linkOf(matter)}>{numberOf(matter, about) || t('matters.open')}</Link>
        <span>{useWordsOf(matter, about)}</span>
      </span>
      <Tag band={tagBand(clock?.band, matter)}>
        {t(stateKey(matter), { context: contextOf(matter), defaultValue: matter.state })}
      </Tag>
      <span className={styles.clock}>
        {clock?.due || clock?.paused ? (
          <DueClock dueAt={clock.due} startedAt={clock.from} band={clock.band} paused={clock.paused} />
        ) : (
          <span className={styles.dim}>
            <Time at={matter.at} />
          </span>
        )}
      </span>
    </li>
  );
}

const tagBand = (band: Band | undefined, matter: Matter): Band | 'plain' => {
  if (isOver(matter)) return 'grey';
  return band === 'red' || band === 'yellow' ? band : 'plain';
};

const numberOf = (one: Matter, about: About): string =>
  about.referrals.get(one.id)?.number ?? about.consultations.get(one.id)?.number ?? one.number;

function useWordsOf(one: Matter, about: About): string {
  const { t } = useTranslation('cases');
  const referral = about.referrals.get(one.id);
  const way = typeof one.details.direction === 'string' ? one.details.direction : '';
  if (one.subject === 'referral') {
    const green = one.details.priority === 'green' ? t('referral.priority.green') : '';
    const there = referral?.to_site ? `→ ${referral.to_site.name}` : '';
    return [green, way && t(`referral.direction.${way}`), there].filter(Boolean).join(' ');
  }
  if (one.subject === 'critical') return t(`critical:item.${String(one.details.item)}`);
  const item = about.items.get(one.id);
  if (item) return item.question;
  return about.consultations.get(one.id)?.question ?? '';
}

function clockOf(one: Matter, about: About): Clock | null {
  const referral = about.referrals.get(one.id);
  if (referral) {
    const from = referral.arrived_at ?? referral.submitted_at;
    return { band: referral.band, due: referral.due_at, from, paused: referral.paused };
  }
  const asked = about.consultations.get(one.id);
  if (asked) return { band: asked.band, due: asked.due_at, from: asked.submitted_at, paused: asked.paused };
  const critical = about.criticals.get(one.id);
  if (!critical || isOver(one)) return null;
  const told = one.state === 'raised' || one.state === 'notifying';
  return { band: told ? 'red' : 'yellow', due: null, from: critical.raised_at, paused: false };
}
