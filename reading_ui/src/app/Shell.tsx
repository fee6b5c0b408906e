import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, Outlet, useLocation, useMatches, useNavigate } from 'react-router';
import { useSession } from '@/api/session';
import { NoticeBell } from '@/features/notices';
import { cx } from '@/lib/cx';
import type { Scope } from '@/lib/keymap';
import { useActiveScopes, useKeys } from '@/lib/keys';
import { useConnection } from '@/live';
import { Button } from '@/ui/Button';
import { HelpSheet } from '@/ui/HelpSheet';
import { Empty } from '@/ui/States';
import { usePlaceCounts } from './counts';
import { PersonMenu } from './PersonMenu';
import { mayEnter, places } from './places';
import styles from './Shell.module.css';

/** The bar above every desk: where one is, what is new, whether the line holds, who one is. */
export function Shell() {
  const { t } = useTranslation('app');
  const navigate = useNavigate();
  const me = useSession((session) => session.me);
  const line = useConnection((connection) => connection.state);
  const scopes = useActiveScopes();
  const [sheet, setSheet] = useState<readonly Scope[] | null>(null);
  const open = places.filter((place) => mayEnter(me, place));
  const counts = usePlaceCounts();
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a telephone the bar is longer than the screen: where one is stands in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: wanted exactly when the place changes
  useEffect(() => {
    nav.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [pathname]);
  useKeys('app', [
    { keys: '?', label: 'ui:help.show', run: () => setSheet(scopes) },
    ...open.map((place) => ({
      keys: place.keys,
      label: `app:place.${place.key}`,
      run: () => navigate(place.path),
    })),
  ]);
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <Link to="/" className={styles.brand} aria-label={t('home')}>
          <img src="/icon.svg" alt="" width="22" height="22" />
          <span>Teleconsult</span>
        </Link>
        <nav ref={nav} className={styles.nav} aria-label={t('nav')}>
          {open.map((place) => (
            <NavLink
              key={place.key}
              to={place.path}
              className={({ isActive }) => cx(styles.place, isActive && styles.here)}
            >
              {t(`place.${place.key}`)}
              {counts[place.key] ? <b className={styles.count}>{counts[place.key]}</b> : null}
            </NavLink>
          ))}
        </nav>
        <div className={styles.rest}>
          {line === 'down' && (
            <span className={styles.down} role="status">
              {t('lineDown')}
            </span>
          )}
          <NoticeBell />
          <Button
            tone="bare"
            icon="help"
            aria-label={t('help')}
            title={t('help')}
            onClick={() => setSheet(scopes)}
          />
          <PersonMenu />
        </div>
      </header>
      <main className={styles.page}>
        <Guarded />
      </main>
      {sheet && <HelpSheet scopes={sheet} onClose={() => setSheet(null)} />}
    </div>
  );
}

/** A desk that is not this person's says so instead of loading. */
function Guarded() {
  const { t } = useTranslation('app');
  const me = useSession((session) => session.me);
  const matches = useMatches();
  const place = places.find((candidate) =>
    matches.some((match) => match.pathname.startsWith(candidate.path)),
  );
  if (place && !mayEnter(me, place)) return <Empty icon="lock" title={t('notYours')} />;
  return <Outlet />;
}
