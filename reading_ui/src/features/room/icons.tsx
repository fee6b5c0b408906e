import type { ReactNode } from 'react';

/** Line icons of the room, 18 units square; always beside a word or with a label on the control. */
const paths = {
  mic: (
    <path d="M9 2a2.300 2.300 0 0 0-2.300 2.300v4.400a2.300 2.300 0 0 0 4.600 0V4.300A2.300 2.300 0 0 0 9 2ZM4 8.500a5 5 0 0 0 10 0M9 13.500V16" />
  ),
  micOff: (
    <path d="M6.700 6.500v2.200a2.300 2.300 0 0 0 3.700 1.800M11.300 7V4.300A2.300 2.300 0 0 0 7.200 2.900M4 8.500a5 5 0 0 0 7.700 4.200M14 8.500a5 5 0 0 1-.6 2.400M9 13.500V16M2.500 2.500l13 13" />
  ),
  camera: <path d="M2 5h9.500v8H2zM11.500 8.200 16 5.500v7l-4.500-2.700" />,
  cameraOff: (
    <path d="M6 5h5.500v5.500M11.500 13H2V5h1.500M11.500 8.200 16 5.500v7l-3-1.800M2.500 2.500l13 13" />
  ),
  screen: <path d="M2 3.500h14v9H2zM6.500 15.500h5M9 12.500v3M9 10V6M7 8l2-2 2 2" />,
  hand: (
    <path d="M5.500 9.500V5a1 1 0 0 1 2 0v3.500m0-.5V3.200a1 1 0 0 1 2 0V8m0-3.800a1 1 0 0 1 2 0V9m0-2.800a1 1 0 0 1 2 0V11a5 5 0 0 1-9 3L3 11a1 1 0 0 1 1.500-1.300l1 .8" />
  ),
  gear: (
    <path d="M9 6.500a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5ZM9 2v2m0 10v2M2 9h2m10 0h2M4 4l1.500 1.500m7 7L14 14M14 4l-1.500 1.500m-7 7L4 14" />
  ),
  pointer: <path d="m4 2.500 10 6-4.700 1.200L7 14.500Z" />,
  arrow: <path d="M3 15 14.500 3.500M14.500 9V3.500H9" />,
  length: <path d="m3 15 12-12M3 15v-3M3 15h3M15 3v3M15 3h-3" />,
  ellipse: <path d="M9 4c3.600 0 6.500 2.200 6.500 5s-2.900 5-6.500 5-6.500-2.200-6.500-5S5.400 4 9 4Z" />,
  freehand: <path d="M2.500 13c2-6 4-9 5.500-8s-2 7 0 7.500 3-5 4.500-4.500 0 4 3 4" />,
  text: <path d="M4 4h10M9 4v11M7 15h4M4 4v2M14 4v2" />,
  erase: <path d="M6.500 15h9M3 11.500 10 4.500l4 4L7.500 15H6ZM6.500 8l4 4" />,
  present: <path d="M2.500 3h13M3.500 3v8h11V3M9 11v2.500M5.500 16 9 13.500l3.500 2.500" />,
  record: <path d="M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4Z" />,
  leave: <path d="M7 3H3.500v12H7M7 9h8.500M12.500 6l3 3-3 3" />,
  speaker: (
    <path d="M3 7h2.500L9 4v10l-3.500-3H3ZM11.500 6.500a3.500 3.500 0 0 1 0 5M13.500 4.500a6.500 6.500 0 0 1 0 9" />
  ),
  large: <path d="M10.500 3H15v4.500M15 3l-5 5M7.500 15H3v-4.500M3 15l5-5" />,
} satisfies Record<string, ReactNode>;

export type RoomIconName = keyof typeof paths;

export function RoomIcon({ name, size = 18 }: { name: RoomIconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
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
