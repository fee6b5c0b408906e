import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { Notice } from '@/api/types';
import { Button } from '@/ui/Button';
import { sayProblem } from '@/ui/problemText';
import { reasonText } from '@/ui/reasonText';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import styles from './CountyPage.module.css';

/** The banner above every page says these, and no longer than they are true. */
const rung: ReadonlySet<string> = new Set(['critical.raised', 'critical.escalated']);

/** What waits for this desk, each with one button: reports not yet acknowledged, studies sent back. */
export function ForMe() {
  const { t } = useTranslation('county');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const news = useQuery({ queryKey: keysOf.notices, queryFn: calls.notices });
  const back = useQuery({
    queryKey: [...keysOf.countyStudies, 'returned-to-us'],
    queryFn: ({ signal }) => calls.countyStudies({ state: 'returned', limit: 20 }, signal),
  });
  const see = useMutation({
    mutationFn: calls.seeNotice,
    onError: sayProblem,
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.notices }),
  });
  const returned = back.data?.items ?? [];
  const asked = new Set(returned.map((row) => row.study_id));
  const unseen = (news.data?.items ?? []).filter(
    (notice) =>
      !notice.seen && !rung.has(notice.code) && !(notice.study_id && asked.has(notice.study_id)),
  );
  useTitle(t('title'), unseen.length + returned.length);
  const read = (notice: Notice) => {
    see.mutate(notice.id);
    if (notice.study_id) navigate(`/studies/${notice.study_id}`);
  };
  return (
    <aside className={styles.forMe} aria-label={t('forMe')}>
      <h2>
        {t('forMe')} <span className={styles.count}>{unseen.length + returned.length}</span>
      </h2>
      {unseen.length + returned.length === 0 && <p className={styles.none}>{t('nothing')}</p>}
      <ul>
        {returned.map((row) => (
          <li key={row.study_id} className={styles.todo} data-tone="wait">
            <p>
              {t('returned', { name: row.patient.name, study: row.description || row.modalities.join('/') })}
            </p>
            <Button tone="next" onClick={() => navigate(`/studies/${row.study_id}`)}>
              {t('answer')}
            </Button>
          </li>
        ))}
        {unseen.map((notice) => (
          <li key={notice.id} className={styles.todo} data-tone="news">
            <p>
              {reasonText('notices:code.', notice)} <Time at={notice.at} />
            </p>
            <span className={styles.buttons}>
              {notice.study_id && (
                <Button tone="next" onClick={() => read(notice)}>
                  {t(notice.code.startsWith('report.') ? 'read' : 'look')}
                </Button>
              )}
              <Button onClick={() => see.mutate(notice.id)}>{t('seen')}</Button>
            </span>
          </li>
        ))}
      </ul>
    </aside>
  );
}
