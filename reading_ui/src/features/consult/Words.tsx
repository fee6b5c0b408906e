import { useTranslation } from 'react-i18next';
import type { Band } from '@/lib/time';
import { Tag } from '@/ui/Band';
import type { IconName } from '@/ui/icons';
import { PatientWords as Patient } from '@/ui/PatientWords';
import styles from './list.module.css';
import type { Colleague, Line, State, Urgency } from './types';

/** 急 stands out by weight; colour is left to the clock. */
export function UrgencyTag({ urgency }: { urgency: Urgency }) {
  const { t } = useTranslation('consult');
  return (
    <Tag band={urgency === 'urgent' ? 'strong' : urgency === 'normal' ? 'plain' : 'grey'}>
      {t(`urgency.${urgency}`)}
    </Tag>
  );
}

const tones: Partial<Record<State, [Band | 'accent', IconName]>> = {
  draft: ['grey', 'report'],
  submitted: ['blue', 'incoming'],
  supplement: ['yellow', 'question'],
  accepted: ['blue', 'route'],
  scheduled: ['blue', 'clock'],
  assigned: ['blue', 'person'],
  in_session: ['blue', 'dot'],
  opinion: ['blue', 'report'],
  signed: ['accent', 'check'],
  closed: ['grey', 'check'],
  rejected: ['grey', 'close'],
  cancelled: ['grey', 'close'],
  expired: ['grey', 'clock'],
};

export function StateTag({ one }: { one: Pick<Line, 'state' | 'no_show' | 'adoption'> }) {
  const { t } = useTranslation('consult');
  const [band, icon] = tones[one.state] ?? ['grey', 'dot'];
  if (one.state === 'accepted' && one.no_show) {
    return (
      <Tag band="yellow" icon="clock">
        {t(`noShow.${one.no_show}`)}
      </Tag>
    );
  }
  const answered = one.state === 'signed' || one.state === 'closed' ? one.adoption : null;
  return (
    <Tag band={answered && band === 'accent' ? 'blue' : band} icon={icon}>
      {answered ? t(`adoption.${answered}`) : t(`state.${one.state}`)}
    </Tag>
  );
}

/** `测试甲 男 56岁 P0012`: a name is never alone. */
export function PatientWords({ patient }: { patient: Parameters<typeof Patient>[0]['patient'] | null }) {
  if (!patient) return <span className={styles.dim}>—</span>;
  return (
    <span className={styles.patient}>
      <Patient patient={patient} doubt={styles.doubt} id={styles.id} />
    </span>
  );
}

/** `测试专家 主任医师 · 示例市医院` */
export function ColleagueWords({ person, bare = false }: { person: Colleague | null; bare?: boolean }) {
  const { t } = useTranslation('ui');
  if (!person) return <span className={styles.dim}>—</span>;
  const title = person.title === 'none' ? '' : t(`title.${person.title}`);
  return (
    <span>
      {person.name}
      {!bare && (
        <span className={styles.dim}>
          {' '}
          {title}
          {person.site && ` · ${person.site.name}`}
        </span>
      )}
    </span>
  );
}
