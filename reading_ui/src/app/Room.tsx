import { Outlet } from 'react-router';
import { useMood } from './mood';

/** A screen without the bar: the reading room takes the whole window. */
export function Room() {
  useMood();
  return <Outlet />;
}
