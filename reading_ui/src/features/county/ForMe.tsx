import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import { useSession } from '@/api/session';
import type { Notice, Role } from '@/api/types';
import { Button } from '@/ui/Button';
import { sayProblem } from '@/ui/problemText';
import { reasonText } from '@/ui/reasonText';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import styles from './CountyPage.module.css';

/** Who may ask for a consultation. */
const ASKING: ReadonlySet<Role> = new Set(['county_doctor', 'coordinator', 'expert']);

/** Told under the bell and, as long as it waits for us, shown by the desk itself. */
const onDesk = ({ code, waits }: Notice): boolean =>
  waits || /^(task\.returned$|consultation\.|referral\.|meeting\.)/.test(code);

/** What waits for this desk, each with one button; below it the reports not yet acknowledged. */
export function ForMe({ desk }: { desk: ReactNode }) {
  const { t } = useTranslation('county');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const asks = useSession(({ me }) => me?.roles.some(({ role }) => ASKING.has(role)) ?? false);
  const news = useQuery({ queryKey: keysOf.notices, queryFn: calls.notices });
  const see = useMutation({
    mutationFn: calls.seeNotice,
    onError: sayProblem,
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.notices }),
  });
  const unseen = (news.data?.items ?? []).filter((notice) => !notice.seen && !onDesk(notice));
  useTitle(t('title'), unseen.length);
  const read = (notice: Notice) => {
    see.mutate(notice.id);
    if (notice.study_id) navigate(`/studies/${notice.study_id}`);
  };
  return (
    <aside className={styles.forMe} aria-label={t('forMe')}>
      {asks && (
        <div className={styles.starts}>
          <Button tone="next" icon="plus" onClick={() => navigate('/consultations/new')}>
            {t('newConsultation')}
          </Button>
        </div>
      )}
      <h2>{t('forMe')}</h2>
      {desk}
      {unseen.length > 0 && (
        <h2 className={styles.second}>
          {t('news')} <span className={styles.count}>{unseen.length}</span>
        </h2>
      )}
      <ul>
        {unseen.map((notice) => (
          <li key={notice.id} className={styles.todo} data-tone="news">
            <p>
              {reasonText('notices:code.', notice)} <Time at={notice.at} />
            </p>
            <span className={styles.buttons}>
              {notice.study_id && (
                <Button onClick={() => read(notice)}>
                  {t(notice.code.startsWith('report.') ? 'read' : 'look')}
                </Button>
              )}
              <Button tone="bare" onClick={() => see.mutate(notice.id)}>
                {t('seen')}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </aside>
  );
}
