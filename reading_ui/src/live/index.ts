export { type Connection, pollEvery, pollWhileAllowed, useConnection } from './connection';
export { type Apply, type Followed, follow, type LiveFact, type Versioned } from './follow';
export { useLiveList, useLiveNotices, useLiveSubject } from './hooks';
export { joinRoom, type RoomLine, type WhisperKind } from './roomSocket';
export { closeLine, openLine } from './socket';
