export { OrderAsked } from './OrderAsked';
export { OrdersPage } from './OrdersPage';
