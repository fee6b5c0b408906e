import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Tag } from './Band';
import { type Mark, type Marked, type MarkKind, marksOf } from './marks';
import styles from './RowMarks.module.css';
import { fitting } from './RowMarksRoom';

/** One thing that is amiss with a study's images, in a word; its title says what it means and what to do. */
export function MarkTag({ mark }: { mark: Mark }) {
  const { t } = useTranslation('ui');
  return (
    <Tag band={mark.band} icon={mark.icon} title={t(mark.why, mark.params)}>
      {t(`mark.${mark.kind}`, mark.params)}
    </Tag>
  );
}

interface Props {
  row: Marked;
  /** What this list does not say, or says elsewhere. */
  without?: readonly MarkKind[];
  /** What was examined. Never less of it is left than `least` (px); the marks give way before that. */
  name?: string;
  least?: number;
  /** What is said between them where there is room for all of it. */
  spare?: ReactNode;
}

/**
 * What was examined and what is amiss with its images, in one line: the same words on every list. Of the marks stand as many as there is
 * room for, the gravest first; how many more there are stands behind them, and what they are in its title.
 */
export function RowMarks({ row, without = [], name, least = 96, spare }: Props) {
  const marks = marksOf(row).filter(({ kind }) => !without.includes(kind));
  const [line, room] = useRoom(least, marks.length, [name, ...marks.map(({ kind }) => kind)].join());
  if (!name && marks.length === 0) return null;
  return (
    <span ref={line} className={styles.line}>
      {name && (
        <span data-part="name" className={styles.name} title={name}>
          {name}
        </span>
      )}
      {spare && (
        <span data-part="spare" className={cx(!room.spare && styles.away)}>
          {spare}
        </span>
      )}
      {marks.map((mark, place) => (
        <span key={mark.kind} data-part="mark" className={cx(place >= room.shown && styles.away)}>
          <MarkTag mark={mark} />
        </span>
      ))}
      {room.shown < marks.length && <Rest marks={marks.slice(room.shown)} alone={room.shown === 0} />}
    </span>
  );
}

/** The marks for which a line has no room: how many, and for pointer and screen reader what each says. */
export function Rest({ marks, alone }: { marks: readonly Mark[]; alone: boolean }) {
  const { t } = useTranslation('ui');
  const first = marks[0];
  if (!first) return null;
  const words = marks.map((mark) => t(`mark.${mark.kind}`, mark.params));
  const said = marks.map((mark, place) => `${words[place]} — ${t(mark.why, mark.params)}`);
  return (
    <span className={styles.rest} title={said.join('\n')}>
      <Tag band={first.band} icon={alone ? first.icon : undefined}>{`+${marks.length}`}</Tag>
      <span className="sr-only">{words.join(', ')}</span>
    </span>
  );
}

/** How much of the line's content has room in it: measured before it is painted, and again whenever line or content change. */
function useRoom(least: number, count: number, content: string) {
  const line = useRef<HTMLSpanElement>(null);
  const [room, setRoom] = useState({ shown: count, spare: true });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other content is measured anew
  useLayoutEffect(() => {
    const element = line.current;
    if (!element) return;
    const measure = (): void => {
      const part = (kind: string) => [...element.querySelectorAll<HTMLElement>(`[data-part="${kind}"]`)];
      const found = fitting({
        width: element.clientWidth,
        name: Math.min(least, Math.max(0, ...part('name').map((name) => name.scrollWidth + 1))),
        spare: Math.max(0, ...part('spare').map(widthOf)),
        marks: part('mark').map(widthOf),
      });
      setRoom((now) => (now.shown === found.shown && now.spare === found.spare ? now : found));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [least, content]);
  return [line, room] as const;
}

/** Rounded up: by a fraction of a pixel too little the name would end in "…". */
const widthOf = (element: HTMLElement): number => Math.ceil(element.getBoundingClientRect().width);
