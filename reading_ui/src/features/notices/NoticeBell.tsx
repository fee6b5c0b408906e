import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import type { Notice } from '@/api/types';
import { cx } from '@/lib/cx';
import { pollEvery, useConnection, useLiveNotices } from '@/live';
import { Icon } from '@/ui/icons';
import { Menu } from '@/ui/Menu';
import { isShown, toast } from '@/ui/toast';
import { NoticeLine } from './NoticeLine';
import styles from './notices.module.css';
import { fresh, inOneLine, mayDismiss, pathOf, toneOf, warns } from './words';

const ABOUT = 'notices';

/** News for this person: a bell with the number not yet seen; each piece also shows itself once as it comes. */
export function NoticeBell() {
  const { t } = useTranslation('notices');
  const navigate = useNavigate();
  const cache = useQueryClient();
  const line = useConnection((connection) => connection.state);
  const known = useRef<ReadonlySet<string> | null>(null);
  const news = useQuery({
    queryKey: keysOf.notices,
    queryFn: calls.notices,
    refetchInterval: pollEvery(line),
  });
  useLiveNotices(() => void cache.invalidateQueries({ queryKey: keysOf.notices }));
  const see = useMutation({
    mutationFn: (ids: string[]) => Promise.all(ids.map(calls.seeNotice)),
    onSettled: () => void cache.invalidateQueries({ queryKey: keysOf.notices }),
  });
  const open = (notice: Notice) => {
    if (mayDismiss(notice)) see.mutate([notice.id]);
    navigate(pathOf(notice));
  };
  const shown = useRef<Notice[]>([]);
  /** Several in a row would lie on the list that somebody works with: they share a line as long as it stands. */
  const announce = useEffectEvent((come: Notice[]) => {
    shown.current = isShown(ABOUT) ? [...shown.current, ...come] : come;
    const line = inOneLine(shown.current);
    if (!come.length || !line) return;
    toast(line.text, {
      tone: toneOf(line.notice),
      about: ABOUT,
      action: { label: t('open'), run: () => open(line.notice) },
    });
  });
  useEffect(() => {
    if (!news.data) return;
    announce(fresh(known.current, news.data.items));
    known.current = new Set(news.data.items.map((notice) => notice.id));
  }, [news.data]);
  const items = news.data?.items ?? [];
  const unseen = news.data?.unseen ?? 0;
  const label = unseen > 0 ? t('bell', { count: unseen }) : t('bellEmpty');
  return (
    <Menu
      label={label}
      named
      icon="bell"
      className={styles.bell}
      word={
        unseen > 0 ? (
          <b className={styles.count} aria-hidden="true">
            {unseen}
          </b>
        ) : null
      }
    >
      {(close) => (
        <div className={styles.list}>
          {items.some(mayDismiss) && (
            <button
              type="button"
              className={styles.all}
              onClick={() => see.mutate(items.filter(mayDismiss).map((notice) => notice.id))}
            >
              {t('seeAll')}
            </button>
          )}
          {items.length === 0 && <p className={styles.none}>{t('none')}</p>}
          {items.map((notice) => (
            <button
              key={notice.id}
              type="button"
              className={cx(
                styles.notice,
                !notice.seen && styles.unseen,
                warns(notice) && styles.warns,
                notice.waits && styles.waits,
              )}
              onClick={() => {
                open(notice);
                close();
              }}
            >
              <Icon
                name={notice.waits || warns(notice) ? 'alarm' : notice.seen ? 'check' : 'bell'}
                size={14}
              />
              <NoticeLine notice={notice} />
              <span className={styles.look}>{t('open')}</span>
            </button>
          ))}
        </div>
      )}
    </Menu>
  );
}
