import type { ReactNode } from 'react';
import type { RoomView } from '@/api/rooms';
import type { Viewer } from '@/viewer';

/** What the application puts into the room: features do not know each other. */

export interface StageSlot {
  studyId: string;
  onViewer: (viewer: Viewer | null) => void;
  above: ReactNode;
}

export interface ToolsSlot {
  viewer: Viewer;
  resting: boolean;
  onUse: () => void;
}

interface RoomSlot {
  room: RoomView;
  /** The seat of whoever looks at it, and whether it leads the room. */
  seatId: string;
  host: boolean;
}

/** The opinion or conclusion that is written together, beside the pictures. */
export interface OpinionSlot extends RoomSlot {
  /** The case of the meeting whose conclusion is to be shown; again with another object. */
  wanted: { item: string | null } | null;
}

export interface AgendaSlot extends RoomSlot {
  /** Brings a picture up on this screen, and so on everybody's if it leads. */
  onShow: (image: Picture) => void;
}

export interface Picture {
  study_id: string;
  sop_uid: string;
  frame: number;
}

export interface RoomSlots {
  stage: (slot: StageSlot) => ReactNode;
  tools: (slot: ToolsSlot) => ReactNode;
  /** Absent: the room has no such tab. */
  opinion?: (slot: OpinionSlot) => ReactNode;
  /** Called now and then while somebody is really in a room, whether or not a key is touched. */
  onPresence?: () => void;
  /** At the left of the pictures; nothing where the room follows no agenda. */
  agenda?: (slot: AgendaSlot) => ReactNode;
}
