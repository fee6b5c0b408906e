import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useSession } from '@/api/session';
import { useLiveList } from '@/live';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { Time } from '@/ui/Time';
import { useTitle } from '@/ui/title';
import * as calls from '../calls';
import { keys } from '../calls';
import styles from '../meeting.module.css';
import type { Board, Meeting } from '../types';
import { useDeed } from '../useMeeting';
import { PersonWords, useSpecialty } from '../Words';
import { BoardForm } from './BoardForm';
import { WhenForm } from './WhenForm';

/** The series of meetings: who belongs to each, what makes a quorum, when it meets. */
export function BoardsPage() {
  const { t } = useTranslation('meeting');
  const me = useSession((session) => session.me);
  const sites = (me?.roles ?? []).filter(({ role }) => role === 'coordinator').map(({ site_id: id }) => id);
  const home = sites.find((id): id is string => typeof id === 'string') ?? null;
  const [making, setMaking] = useState(false);
  useLiveList(keys.boards);
  const found = useQuery({
    queryKey: [...keys.boards, 'all'],
    queryFn: ({ signal }) => calls.boards({ inactive: home ? true : undefined }, signal),
  });
  const rows = found.data?.items ?? [];
  useTitle(t('boards.title'), rows.length);
  return (
    <div className={styles.scroll}>
      <header className={styles.tools}>
        <h1 className={styles.head}>{t('boards.title')}</h1>
        <span className={styles.dim}>{found.data && t('boards.count', { n: rows.length })}</span>
        <span className={styles.rest}>
          <Link to="/meetings">{t('title')}</Link>
          {home && !making && (
            <Button tone="next" icon="plus" onClick={() => setMaking(true)}>
              {t('boards.new')}
            </Button>
          )}
        </span>
      </header>
      <div className={styles.stack}>
        {making && home && <BoardForm siteId={home} onDone={() => setMaking(false)} />}
        {found.isPending && <SkeletonRows rows={6} />}
        {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
        {found.isSuccess && rows.length === 0 && !making && (
          <Empty icon="person" title={t('boards.none')}>
            {t('boards.noneHint')}
          </Empty>
        )}
        {rows.map((board) => (
          <BoardCard key={board.id} board={board} />
        ))}
      </div>
    </div>
  );
}

function BoardCard({ board }: { board: Board }) {
  const { t } = useTranslation('meeting');
  const navigate = useNavigate();
  const word = useSpecialty();
  const [form, setForm] = useState<'change' | 'plan' | null>(null);
  const plan = useDeed<Meeting>(board.id, 'plan', (meeting) => navigate(`/meetings/${meeting.id}`));
  const must = board.quorum.must.map(word).join(t('comma'));
  if (form === 'change')
    return <BoardForm siteId={board.site.id} board={board} onDone={() => setForm(null)} />;
  return (
    <article className={styles.card} data-testid="board">
      <header className={styles.line}>
        <h2 className={styles.head}>{board.name}</h2>
        <span className={styles.dim}>{board.site.name}</span>
        {!board.active && <Tag band="grey">{t('boards.inactive')}</Tag>}
        <span className={styles.rest}>
          {board.verbs.includes('plan') && <Button onClick={() => setForm('plan')}>{t('verb.plan')}</Button>}
          {board.verbs.includes('change') && (
            <Button onClick={() => setForm('change')}>{t('verb.change')}</Button>
          )}
        </span>
      </header>
      {form === 'plan' && (
        <WhenForm
          verb="plan"
          minutes={board.minutes}
          busy={plan.isPending}
          onBack={() => setForm(null)}
          onSend={(at, minutes) => plan.mutate(() => calls.planMeeting(board.id, at, minutes))}
        />
      )}
      <dl className={styles.facts}>
        <dt>{t('boards.quorum')}</dt>
        <dd>
          {t(must ? 'quorum.ruleMust' : 'quorum.rule', {
            least: board.quorum.least,
            all: board.specialties.length,
            must,
          })}
        </dd>
        <dt>{t('boards.cadence')}</dt>
        <dd>
          {t(`every.${board.cadence.every}`, { week: board.cadence.week })}{' '}
          {t(`weekday.${board.cadence.weekday}`)} {board.cadence.at} ·{' '}
          {t('box.minutes', { n: board.minutes })}
        </dd>
        <dt>{t('boards.dates')}</dt>
        <dd className={styles.line}>
          {board.dates.map((at) => (
            <Time key={at} at={at} />
          ))}
        </dd>
        <dt>{t('boards.open')}</dt>
        <dd className={styles.line}>
          {board.open.length === 0 && '—'}
          {board.open.map((one) => (
            <Link key={one.id} to={`/meetings/${one.id}`}>
              {one.number} <Time at={one.starts_at} />
            </Link>
          ))}
        </dd>
        <dt>{t('chair')}</dt>
        <dd>
          <PersonWords person={board.chair} />
        </dd>
        {board.specialties.map((code) => (
          <Fragmented key={code} code={code} board={board} />
        ))}
      </dl>
    </article>
  );
}

function Fragmented({ code, board }: { code: string; board: Board }) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const people = board.members.filter(({ specialty }) => specialty === code);
  return (
    <>
      <dt>{word(code)}</dt>
      <dd>{people.map(({ person }) => person.name).join(t('comma')) || '—'}</dd>
    </>
  );
}
