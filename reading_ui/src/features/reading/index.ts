export { ReadingPage, type WordsSlot } from './ReadingPage';
