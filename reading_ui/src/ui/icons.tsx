import type { ReactNode } from 'react';

/** Our own line icons, 16 units square; always beside a word or with a label on the control. */
const paths = {
  alarm: <path d="M8 1.8 15 14H1L8 1.8Zm0 4.4v3.6M8 11.6v.6" />,
  clock: <path d="M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5V8l2.4 1.6" />,
  dot: <path d="M8 4.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6Z" />,
  pause: <path d="M5.5 3.5v9M10.5 3.5v9" />,
  incoming: <path d="M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11" />,
  lock: <path d="M3.5 7.2h9v6.3h-9V7.2Zm2-.2V5a2.5 2.5 0 0 1 5 0v2" />,
  layers: <path d="m8 2 6 3.2L8 8.4 2 5.2 8 2Zm-6 6 6 3.2L14 8M2 10.8 8 14l6-3.2" />,
  search: <path d="M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9Zm3.3 7.8 3.4 3.4" />,
  bell: (
    <path d="M8 2a4 4 0 0 1 4 4c0 3.6 1.3 4.8 1.3 5.3H2.7C2.7 10.800 4 9.600 4 6a4 4 0 0 1 4-4Zm-1.600 11.500a1.700 1.700 0 0 0 3.200 0" />
  ),
  close: <path d="m3.500 3.500 9 9m0-9-9 9" />,
  check: <path d="m2.500 8.500 3.700 3.700 7.300-8" />,
  down: <path d="m4 6 4 4 4-4" />,
  up: <path d="m4 10 4-4 4 4" />,
  right: <path d="m6 3.500 4.500 4.500L6 12.500" />,
  help: (
    <path d="M8 1.500a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM6.200 6.200a1.900 1.900 0 1 1 2.600 1.800c-.5.2-.8.6-.8 1.200M8 11.400v.4" />
  ),
  person: (
    <path d="M8 2.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600ZM2.500 14c.5-2.700 2.700-4.200 5.500-4.200s5 1.500 5.500 4.200" />
  ),
  columns: <path d="M2 3h12v10H2V3Zm4 0v10m4-10v10" />,
  rows: <path d="M2 3.500h12M2 8h12M2 12.500h12" />,
  report: <path d="M4 1.800h6L13 5v9.200H4V1.800Zm2.200 5.400h4.500m-4.500 2.500h4.500m-4.500 2.300h3" />,
  image: <path d="M2 3h12v10H2V3Zm0 8 3.500-3.500 2.700 2.700 2-2L14 12M10.500 6h.1" />,
  refresh: (
    <path d="M13 4.500V7.500h-3M3 11.500V8.500h3M12.600 7.500A5 5 0 0 0 4 5.200M3.400 8.500a5 5 0 0 0 8.600 2.300" />
  ),
  question: <path d="M2 2.500h12v8.500H8L5 14v-3H2V2.500Z" />,
  sun: (
    <path d="M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-4v1.500M8 13.500V15M1 8h1.500m11 0H15M3 3l1 1m8 8 1 1M3 13l1-1m8-8 1-1" />
  ),
  moon: <path d="M13.500 9.700A5.800 5.800 0 0 1 6.300 2.500a5.800 5.800 0 1 0 7.200 7.200Z" />,
  plus: <path d="M8 3v10M3 8h10" />,
  route: (
    <path d="M3.500 12.500a1.500 1.500 0 1 0 0-.1M12.500 3.500a1.500 1.500 0 1 0 0-.1M5 12.500h5a2.300 2.300 0 0 0 0-4.500H6a2.300 2.300 0 0 1 0-4.500h5" />
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;

export function Icon({
  name,
  size = 16,
  filled = false,
}: {
  name: IconName;
  size?: number;
  filled?: boolean;
}) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill={filled ? 'currentColor' : 'none'}
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: 'none', display: 'block' }}
    >
      {paths[name]}
    </svg>
  );
}
