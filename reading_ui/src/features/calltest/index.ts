export { CallTestPage } from './CallTestPage';
