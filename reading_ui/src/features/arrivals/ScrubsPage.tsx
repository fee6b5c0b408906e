import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Tag } from '@/ui/Band';
import { Icon } from '@/ui/icons';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import styles from './arrivals.module.css';
import * as calls from './calls';
import own from './conflicts.module.css';
import { damageOf } from './damage';

const MEGA = 1024 * 1024;

/** Rounds over the stored bytes: when, how many, how fast, and what was found. Nothing is mended or deleted from here. */
export function ScrubsPage() {
  const { t } = useTranslation('arrivals');
  const list = useQuery({ queryKey: calls.keys.scrubs, queryFn: calls.scrubs, refetchInterval: 30_000 });
  const rounds = list.data?.items ?? [];
  useTitle(t('scrub.title'));
  const when =
    list.data && (list.data.hour < 0 ? t('scrub.never') : t('scrub.nightly', { hour: list.data.hour }));
  const pace = list.data?.bytes_per_second
    ? t('scrub.pace', { mb: Math.round(list.data.bytes_per_second / MEGA) })
    : '';
  return (
    <Sheet title={t('scrub.title')} hint={[t('scrub.hint'), when, pace].filter(Boolean).join('')}>
      {list.isPending && <SkeletonRows />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && rounds.length === 0 && <Empty icon="clock" title={t('scrub.empty')} />}
      <ul className={styles.list}>
        {rounds.map((round) => (
          <RoundItem key={round.id} round={round} />
        ))}
      </ul>
    </Sheet>
  );
}

function RoundItem({ round }: { round: calls.Round }) {
  const { t } = useTranslation('arrivals');
  const { bad, open, beside } = damageOf(round);
  const under = round.ended_at === null;
  const speed = round.millis > 0 ? round.bytes / MEGA / (round.millis / 1000) : 0;
  return (
    <li className={styles.item} data-testid="round">
      <div className={styles.head}>
        <Tag
          band={open > 0 ? 'red' : under ? 'blue' : 'grey'}
          icon={open > 0 ? 'alarm' : under ? 'clock' : 'check'}
        >
          {bad > 0
            ? t(open === 0 ? 'scrub.badHealed' : open < bad ? 'scrub.badPartly' : 'scrub.bad', {
                n: bad,
                back: bad - open,
              })
            : t(under ? 'scrub.under' : 'scrub.sound')}
        </Tag>
        <Time at={round.started_at} />
        <span className={styles.dim}>
          {[
            t('scrub.objects', { count: round.objects }),
            t('scrub.bytes', { mb: (round.bytes / MEGA).toFixed(1) }),
            speed > 0 && t('scrub.speed', { mb: speed.toFixed(1) }),
            beside && t('scrub.found', { count: round.findings_total }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      {round.findings.length > 0 && <Findings round={round} />}
    </li>
  );
}

function Findings({ round }: { round: calls.Round }) {
  const { t } = useTranslation('arrivals');
  return (
    <table className={own.findings}>
      <thead>
        <tr>
          <th>{t('scrub.kind')}</th>
          <th>{t('scrub.site')}</th>
          <th>{t('scrub.examination')}</th>
          <th>{t('scrub.file')}</th>
          <th>{t('scrub.object')}</th>
        </tr>
      </thead>
      <tbody>
        {round.findings.map((each) => (
          <tr key={each.file}>
            <td className={own.whole}>
              {t(`scrub.kinds.${each.kind}`)}
              {each.healed_at && (
                <span className={own.healed}>
                  <Icon name="check" size={12} /> {t('scrub.healed')} <Time at={each.healed_at} />
                </span>
              )}
            </td>
            <td className={own.whole}>{each.site || '—'}</td>
            <td className={own.number} title={each.examination ? undefined : each.study_uid}>
              {each.examination || '—'}
            </td>
            <td className={styles.uid}>{each.file}</td>
            <td className={styles.uid}>{each.sop_uid || t('scrub.nobody')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
