export { RoomPage } from './RoomPage';
export type { OpinionSlot, RoomSlots } from './slots';
