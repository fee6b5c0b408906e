import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '@/lib/now';
import { type Band, countdown, fullTime } from '@/lib/time';
import { Tag } from '@/ui/Band';
import type { IconName } from '@/ui/icons';
import { PatientWords as Patient } from '@/ui/PatientWords';
import styles from './meeting.module.css';
import { quorumShown } from './quorum';
import type { Colleague, Item, ItemState, Meeting, MeetingState } from './types';

const meetingTones: Record<MeetingState, [Band | 'accent', IconName]> = {
  open: ['blue', 'incoming'],
  frozen: ['blue', 'lock'],
  live: ['accent', 'dot'],
  minutes: ['yellow', 'report'],
  closed: ['grey', 'check'],
  cancelled: ['grey', 'close'],
};
const itemTones: Record<ItemState, [Band | 'accent', IconName]> = {
  proposed: ['yellow', 'incoming'],
  preparing: ['blue', 'clock'],
  presenting: ['accent', 'dot'],
  concluded: ['yellow', 'report'],
  signed: ['blue', 'check'],
  closed: ['grey', 'check'],
  declined: ['grey', 'close'],
  withdrawn: ['grey', 'close'],
  deferred: ['grey', 'right'],
};

export function MeetingTag({ state }: { state: MeetingState }) {
  const { t } = useTranslation('meeting');
  const [band, icon] = meetingTones[state];
  return (
    <Tag band={band} icon={icon}>
      {t(`state.${state}`)}
    </Tag>
  );
}

export function ItemTag({ item }: { item: Item }) {
  const { t } = useTranslation('meeting');
  const [band, icon] = itemTones[item.state];
  const ready = item.state === 'preparing' && item.ready;
  return (
    <Tag band={ready ? 'blue' : band} icon={ready ? 'check' : icon}>
      {t(ready ? 'item.ready' : `item.state.${item.state}`)}
    </Tag>
  );
}

export function useSpecialty() {
  const { t } = useTranslation('meeting');
  return (code: string) => (code === 'chair' ? t('chair') : t(`consult:specialty.${code}`));
}

type Ruled = Pick<Meeting, 'quorum_rule' | 'specialties'>;

/** `3 个专科中至少 2 个到会，须有放射科` */
export function useQuorumRule() {
  const { t } = useTranslation('meeting');
  return useCallback(
    ({ quorum_rule: { must, least }, specialties }: Ruled) => {
      const named = must.map((code) => t(`consult:specialty.${code}`)).join(t('comma'));
      return t(named ? 'quorum.ruleMust' : 'quorum.rule', { least, all: specialties.length, must: named });
    },
    [t],
  );
}

/** The quorum, always in sight: what the rule asks, who is in the room, and beside a conclusion (`item`) whether there was one then. */
export function Quorum({ meeting, item }: { meeting: Meeting; item?: Item | undefined }) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const { quorum } = meeting;
  const asked = useQuorumRule()(meeting);
  const shown = quorumShown(meeting, item);
  if (shown === 'met' || shown === 'notMet') {
    const met = shown === 'met';
    return (
      <span className={styles.quorum} data-testid="quorum" data-met={met} title={asked}>
        <Tag band={met ? 'blue' : 'grey'} icon={met ? 'check' : 'help'}>
          {t(`quorum.then.${shown}`)}
        </Tag>
      </span>
    );
  }
  if (shown === 'rule') {
    return (
      <span className={styles.quorum} data-testid="quorum">
        <span className={styles.rule}>{`${t('quorum.label')}${asked}`}</span>
      </span>
    );
  }
  const lacking = quorum.lacking.map(word).join(t('comma'));
  // Three of three and yet no quorum: it is somebody named who lacks, not a number.
  const counts = quorum.met || quorum.present.length < quorum.least;
  const here = t('quorum.here', { n: quorum.present.length, least: quorum.least });
  return (
    <span className={styles.quorum} data-testid="quorum" data-met={quorum.met} title={asked}>
      <Tag band={quorum.met ? 'blue' : 'yellow'} icon={quorum.met ? 'check' : 'alarm'}>
        {[t(quorum.met ? 'quorum.met' : 'quorum.notMet'), counts && here].filter(Boolean).join(' ')}
      </Tag>
      {!quorum.met && lacking && <span className={styles.warn}>{t('quorum.lacking', { lacking })}</span>}
    </span>
  );
}

/** What is left of a time box, or how far beyond it the case is. */
export function TimeBox({ item }: { item: Item }) {
  const { t } = useTranslation('meeting');
  const now = useNow();
  if (item.state === 'presenting' && item.presenting_from) {
    const left = Date.parse(item.presenting_from) + item.minutes * 60_000 - now;
    return (
      <time className={left < 0 ? styles.over : styles.running} title={fullTime(item.presenting_from)}>
        {left < 0 ? t('box.over', { at: countdown(-left) }) : t('box.left', { at: countdown(left) })}
      </time>
    );
  }
  if (item.presented_for !== null)
    return <span className={styles.dim}>{t('box.took', { n: Math.ceil(item.presented_for / 60) })}</span>;
  return <span className={styles.dim}>{t('box.minutes', { n: item.minutes })}</span>;
}

/** `测试甲 男 56岁 P0012`: a name is never alone. */
export function PatientWords({ patient }: { patient: Item['patient'] }) {
  if (!patient) return <span className={styles.dim}>—</span>;
  return (
    <span className={styles.patient}>
      <Patient patient={patient} doubt={styles.warn} />
    </span>
  );
}

/** `测试专家 主任医师 · 示例市医院` */
export function PersonWords({ person }: { person: Colleague }) {
  const { t } = useTranslation('ui');
  const title = person.title === 'none' ? '' : t(`title.${person.title}`);
  return (
    <span>
      {person.name}
      <span className={styles.dim}> {[title, person.site?.name].filter(Boolean).join(' · ')}</span>
    </span>
  );
}
