export { BoardsPage } from './boards/BoardsPage';
export { MeetingsPage } from './list/MeetingsPage';
export { ProposeButton } from './ProposeButton';
export { ProposeFromStudy } from './ProposeFromStudy';
export { MeetingPage } from './page/MeetingPage';
export { RoomAgenda } from './room/RoomAgenda';
export { RoomConclusion } from './room/RoomConclusion';
