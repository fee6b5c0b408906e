export { LinesPage } from './LinesPage';
