export { CasesPage } from './list/CasesPage';
export { CasePage } from './page/CasePage';
