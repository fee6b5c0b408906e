export { CriticalBanner } from './CriticalBanner';
export { CriticalsPage } from './CriticalsPage';
export { ReportFlags } from './ReportFlags';
export { StudyCriticals } from './StudyCriticals';
