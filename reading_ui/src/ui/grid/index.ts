export { DenseGrid } from './DenseGrid';
export type { Column, GridHandle, GridProps, Sort } from './DenseGrid.types';
export { keepActive } from './rove';
