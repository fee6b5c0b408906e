export { ArrivalsPage } from './ArrivalsPage';
export { ParkedPage } from './ParkedPage';
export { RejectedPage } from './RejectedPage';
export { ScrubsPage } from './ScrubsPage';
