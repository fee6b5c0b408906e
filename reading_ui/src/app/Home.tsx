import { Navigate, useSearchParams } from 'react-router';
import { useSession } from '@/api/session';
import { LoginPage } from '@/features/auth';
import { homeOf } from './places';

/** The first page of this person's day. */
export function Home() {
  const me = useSession((session) => session.me);
  return <Navigate to={homeOf(me)} replace />;
}

/** Sign-in, then on to where the person wanted to go; only to paths of this house. */
export function Entrance() {
  const state = useSession((session) => session.state);
  const [search] = useSearchParams();
  const next = search.get('next') ?? '/';
  if (state === 'in') return <Navigate to={/^\/(?![/\\])/.test(next) ? next : '/'} replace />;
  return <LoginPage />;
}
