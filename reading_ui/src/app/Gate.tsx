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

const AGAIN_MS = 3_000;

/** Asks who is here, until there is an answer. Everything below `SignedIn` may rely on a person; everything open is shown at once. */
export function Gate() {
  const state = useSession((session) => session.state);
  useMood();
  const [trouble, setTrouble] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (useSession.getState().state !== 'starting') return;
    let timer = 0;
    calls.me().then(enter, (error: unknown) => {
      const problem = asProblem(error);
      if (problem.status === 401) return signedOut();
      if (problem.passing) timer = window.setTimeout(() => setAttempt(attempt + 1), AGAIN_MS);
      setTrouble(error);
    });
    return () => window.clearTimeout(timer);
  }, [attempt]);
  if (trouble && state === 'starting')
    return <Trouble error={trouble} onRetry={() => setAttempt(attempt + 1)} />;
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
