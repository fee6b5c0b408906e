import { create } from 'zustand';

/** What goes on while its owner looks at other screens: an upload, in per cent; null when none does. */
export const useUnderWay = create<{ upload: number | null }>()(() => ({ upload: null }));
