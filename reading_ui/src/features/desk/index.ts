export { DeskList } from './DeskList';
export { DeskPage } from './DeskPage';
export { useDesk } from './useDesk';
