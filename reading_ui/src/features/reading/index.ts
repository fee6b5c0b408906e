export { ImageStage, type ImageStageProps } from './ImageStage';
export { ReadingPage, type WordsSlot } from './ReadingPage';
export { ViewTools, type ViewToolsProps } from './ViewTools';
