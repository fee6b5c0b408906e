import type { ReactNode } from 'react';

/** Line icons of the viewer's tools, 18 units square; always above a word. */
const paths = {
  window: <path d="M9 2.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm0 0v13" />,
  scroll: <path d="M4 3h10v3H4zM4 7.5h10v3H4zM4 12h10v3H4z" />,
  pan: (
    <path d="M9 2v14M2 9h14M9 2 7 4.200M9 2l2 2.200M9 16l-2-2.200M9 16l2-2.200M2 9l2.200-2M2 9l2.200 2M16 9l-2.200-2M16 9l-2.200 2" />
  ),
  zoom: <path d="M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Zm3.600 8.600L15.500 15.500M5.800 8h4.400M8 5.800v4.400" />,
  length: <path d="m3 15 12-12M3 15v-3M3 15h3M15 3v3M15 3h-3" />,
  angle: <path d="M15 14.500H3L12.500 4M8.500 14.500a6 6 0 0 0-1.700-4.200" />,
  rectangle: <path d="M3 4.500h12v9H3zM6 7.500h2M10 7.500h2M6 10.500h2M10 10.500h2" />,
  ellipse: (
    <path d="M9 4c3.600 0 6.500 2.200 6.500 5s-2.900 5-6.500 5-6.500-2.200-6.500-5S5.400 4 9 4Zm-2.500 5h5" />
  ),
  probe: <path d="M9 2v5M9 11v5M2 9h5M11 9h5M9 9h.1" />,
  remove: <path d="M3.500 5h11M7 5V3h4v2M5 5l.7 10h6.600L13 5M7.700 7.500v5M10.300 7.500v5" />,
  undo: <path d="M6 4 3 7l3 3M3 7h7.500a4 4 0 0 1 0 8H7" />,
  fill: <path d="M3 7V3h4M11 3h4v4M15 11v4h-4M7 15H3v-4" />,
  actual: <path d="M5 5.500 6.500 4.500v9M11.500 5.500 13 4.500v9M9 7v.1M9 11v.1" />,
  invert: <path d="M9 2.500a6.500 6.500 0 1 0 0 13Zm0 0a6.500 6.500 0 0 1 0 13" />,
  rotate: <path d="M14.500 9A5.500 5.500 0 1 1 12 4.400M12.300 1.800v3h-3" />,
  mirror: <path d="M9 2.500v13M7 5 2.500 13H7zM11 5l4.500 8H11z" />,
  flip: <path d="M2.500 9h13M5 7l8-4.500V7zM5 11l8 4.500V11z" />,
  reset: <path d="M3.500 9A5.500 5.500 0 1 1 6 13.600M5.700 16.200v-3h3" />,
  play: <path d="M5 3.500v11l9-5.500Z" />,
  stop: <path d="M5.500 3.500v11M12.500 3.500v11" />,
  layout1: <path d="M2.500 3.500h13v11h-13z" />,
  layout2: <path d="M2.500 3.500h13v11h-13zM9 3.500v11" />,
  layout4: <path d="M2.500 3.500h13v11h-13zM9 3.500v11M2.500 9h13" />,
} satisfies Record<string, ReactNode>;

export type ToolIconName = keyof typeof paths;

export function ToolIcon({ name }: { name: ToolIconName }) {
  return (
    <svg
      aria-hidden="true"
      width="18"
      height="18"
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {paths[name]}
    </svg>
  );
}
