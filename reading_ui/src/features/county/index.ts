export { CountyPage } from './CountyPage';
