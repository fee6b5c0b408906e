export { ArrivalsPage } from './ArrivalsPage';
export { ParkedPage } from './ParkedPage';
