import { useEffect, useState } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router';
import * as calls from '@/api/calls';
import { asProblem } from '@/api/problem';
import { signedOut, useSession } from '@/api/session';
import { enter, IdleWarning, ReloginDialog } from '@/features/auth';
import { CriticalBanner } from '@/features/critical';
import { closeLine, openLine } from '@/live';
import { Late, Trouble } from '@/ui/States';
import styles from './Gate.module.css';
import { useMood } from './mood';

/** Asks once who is here. Everything below `SignedIn` may rely on a person; everything open is shown at once. */
export function Gate() {
  const state = useSession((session) => session.state);
  useMood();
  const [trouble, setTrouble] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks again
  useEffect(() => {
    if (useSession.getState().state !== 'starting') return;
    setTrouble(null);
    calls.me().then(enter, (error: unknown) => {
      if (asProblem(error).status === 401) signedOut();
      else setTrouble(error);
    });
  }, [attempt]);
  if (trouble) return <Trouble error={trouble} onRetry={() => setAttempt(attempt + 1)} />;
  if (state === 'starting') return <Late>{null}</Late>;
  return <Outlet />;
}

/** Only with a person. An expired session keeps the page and lays the sign-in over it. */
export function SignedIn() {
  const state = useSession((session) => session.state);
  const { pathname, search } = useLocation();
  const present = state === 'in' || state === 'expired';
  useEffect(() => {
    if (state !== 'in') return;
    openLine();
    return closeLine;
  }, [state]);
  if (!present) {
    const from = pathname === '/' ? '' : `?next=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={`/login${from}`} replace />;
  }
  return (
    <div className={styles.house}>
      <CriticalBanner />
      <div className={styles.rest}>
        <Outlet />
      </div>
      {state === 'in' && <IdleWarning />}
      {state === 'expired' && <ReloginDialog />}
    </div>
  );
}
