export { CriticalBanner } from './CriticalBanner';
export { CriticalsPage } from './CriticalsPage';
export { ReportFlags } from './ReportFlags';
export { RaiseCritical, StudyCriticals } from './StudyCriticals';
