import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Mode } from '@/live/rtc';

interface DevicePrefs {
  camera: string | null;
  mic: string | null;
  speaker: string | null;
  cameraOn: boolean;
  micOn: boolean;
  mode: Mode;
  set(change: Partial<Omit<DevicePrefs, 'set'>>): void;
}

/** Which devices this browser's people use, and how they last came in. */
export const useDevicePrefs = create<DevicePrefs>()(
  persist(
    (set) => ({
      camera: null,
      mic: null,
      speaker: null,
      cameraOn: true,
      micOn: true,
      mode: 'video',
      set: (change) => set(change),
    }),
    { name: 'teleconsult.room.devices' },
  ),
);

const KEY = 'teleconsult.room.in';

/** A page that is loaded anew goes straight back to its seat; a page that is opened anew stops at the door. */
export const wasIn = (roomId: string): boolean => sessionStorage.getItem(KEY) === roomId;
export const isIn = (roomId: string | null): void => {
  if (roomId === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, roomId);
};
