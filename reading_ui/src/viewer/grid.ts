import type { Layout } from './types';

export const PANES: Record<Layout, { columns: number; rows: number }> = {
  '1x1': { columns: 1, rows: 1 },
  '1x2': { columns: 2, rows: 1 },
  '2x2': { columns: 2, rows: 2 },
};

export const countOf = (layout: Layout): number => PANES[layout].columns * PANES[layout].rows;

/** Cells of the host, as many as the layout wants; the ones that stay keep their element. */
export function setCells(
  host: HTMLElement,
  layout: Layout,
  make: (index: number) => HTMLDivElement,
): HTMLDivElement[] {
  const { columns, rows } = PANES[layout];
  host.tabIndex = -1;
  Object.assign(host.style, {
    display: 'grid',
    outline: 'none',
    gap: '1px',
    gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
    gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
  });
  const cells = [...host.children].filter(
    (child): child is HTMLDivElement => child instanceof HTMLDivElement,
  );
  for (const extra of cells.splice(countOf(layout))) extra.remove();
  while (cells.length < countOf(layout)) {
    const cell = make(cells.length);
    host.append(cell);
    cells.push(cell);
  }
  return cells;
}

/** A black box that Cornerstone may fill; the context menu would swallow the right button. */
export function makeCell(index: number): HTMLDivElement {
  const cell = document.createElement('div');
  cell.dataset.pane = `pane-${index}`;
  Object.assign(cell.style, { position: 'relative', background: '#000', overflow: 'hidden', minWidth: '0' });
  cell.addEventListener('contextmenu', (event) => event.preventDefault());
  // A click on a picture takes the keyboard away from the report.
  cell.addEventListener('pointerdown', () => cell.parentElement?.focus({ preventScroll: true }));
  return cell;
}
