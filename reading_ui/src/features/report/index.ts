export { ReportPane } from './ReportPane';
export type { ReportSlot } from './slot';
