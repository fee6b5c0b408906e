import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { composing } from '@/lib/keymap';
import styles from './DenseGrid.module.css';
import type { GridProps } from './DenseGrid.types';
import { GridHead } from './GridHead';
import { GridRow } from './GridRow';
import { leastWidth, stepOf, withActive } from './rove';

const NEAR_END = 20;

/**
 * Virtual rows with real grid roles and a roving focus; the row under the eye stays put when rows
 * arrive above it. Plain elements with ARIA roles, because a <table> cannot hold rows that are not there.
 */
export function DenseGrid<R>(props: GridProps<R>) {
  const { label, columns, rows, keyOf, total, rowHeight, active, onActive, onOpen, onEnd, toneOf, ref } =
    props;
  const scroller = useRef<HTMLDivElement>(null);
  const wantsFocus = useRef(false);
  const activeIndex = active === null ? -1 : rows.findIndex((row) => keyOf(row) === active);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingStart: HEAD,
    rangeExtractor: (range) => withActive(range, activeIndex),
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: measuring again is wanted exactly when the height changes
  useEffect(() => virtual.measure(), [rowHeight]);
  useEffect(() => {
    if (rows.length < total && lastShown >= rows.length - NEAR_END) onEnd?.();
  }, [lastShown, rows.length, total, onEnd]);
  useSteadyActive(scroller, active, activeIndex, rowHeight);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    const row = scroller.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]');
    if (!row) return;
    row.focus({ preventScroll: true });
    wantsFocus.current = false;
  });

  const goTo = (index: number) => {
    const row = rows[index];
    if (!row) return;
    wantsFocus.current = true;
    virtual.scrollToIndex(index, { align: 'auto' });
    onActive(keyOf(row));
  };
  const move = (by: number) => goTo(Math.min(rows.length - 1, Math.max(0, activeIndex + by)));
  useImperativeHandle(ref, () => ({ move }));

  const onKeyDown = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!(event.target instanceof HTMLElement) || event.target.getAttribute('role') !== 'row') return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const next = stepOf(event.key, activeIndex, rows.length, page);
    if (next === null) return;
    event.preventDefault();
    goTo(next);
  };

  const widths = columns.map((column) => column.width);
  return (
    <div
      ref={scroller}
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      className={styles.grid}
      style={
        {
          '--tracks': widths.join(' '),
          '--least': `${leastWidth(widths)}px`,
          '--row': `${rowHeight}px`,
        } as Record<string, string>
      }
      onKeyDown={onKeyDown}
    >
      <GridHead columns={columns} sort={props.sort} onSort={props.onSort} />
      <div role="rowgroup" className={styles.rows} style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index];
          return (
            row && (
              <GridRow
                key={keyOf(row)}
                id={keyOf(row)}
                row={row}
                columns={columns}
                index={item.index}
                top={item.index * rowHeight}
                active={item.index === activeIndex}
                reachable={item.index === activeIndex || (activeIndex < 0 && item.index === 0)}
                tone={toneOf?.(row)}
                onActive={onActive}
                onOpen={onOpen}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

const HEAD = 28;

/** When live rows push the active row up or down, the scroll position follows it. */
function useSteadyActive(
  scroller: { current: HTMLDivElement | null },
  active: string | null,
  index: number,
  rowHeight: number,
): void {
  const last = useRef({ active, index });
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { active, index };
    const box = scroller.current;
    if (!box || box.scrollTop === 0 || before.active !== active || index < 0 || before.index < 0) return;
    if (before.index !== index) box.scrollTop += (index - before.index) * rowHeight;
  }, [scroller, active, index, rowHeight]);
}
