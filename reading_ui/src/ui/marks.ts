import type { WorklistRow } from '@/api/types';
import type { IconName } from './icons';

/** What a list knows of the images of a study. */
export type Marked = Pick<
  WorklistRow,
  'state' | 'instance_count' | 'lacking' | 'damaged' | 'rejected' | 'withdrawn' | 'late_images'
>;

export type MarkKind = 'noImages' | 'withdrawn' | 'lacking' | 'damaged' | 'lateSigned' | 'late' | 'rejected';

export interface Mark {
  kind: MarkKind;
  band: 'red' | 'yellow' | 'grey';
  icon: IconName;
  params: Record<string, number>;
  /** Key of the sentence that says what it means and what to do. */
  why: string;
}

const alarming: ReadonlySet<MarkKind> = new Set(['noImages', 'withdrawn', 'lacking', 'damaged']);

/** What is amiss with the images of a study, the gravest first: a narrow list cuts off what stands last. */
export function marksOf(row: Marked): Mark[] {
  const signed = row.state === 'verified';
  const marks: Mark[] = [];
  const mark = (
    kind: MarkKind,
    band: Mark['band'],
    params: Mark['params'] = {},
    why = `ui:mark.${kind}Why`,
  ): void => {
    marks.push({ kind, band, icon: alarming.has(kind) ? 'alarm' : 'layers', params, why });
  };
  if (row.instance_count === 0) mark('noImages', 'red', {}, signed ? 'ui:mark.noImagesSignedWhy' : undefined);
  if (row.withdrawn) mark('withdrawn', 'red');
  if (row.lacking) mark('lacking', 'yellow', { ...row.lacking });
  if (row.damaged > 0) mark('damaged', 'yellow', { count: row.damaged });
  if (row.late_images && signed) mark('lateSigned', 'yellow', {}, 'ui:ground.late');
  if (row.late_images && !signed) mark('late', 'yellow');
  // Whoever signs reads why in the room and answers for the rest; of a signed report only what was rejected since is news.
  if (row.rejected > 0 && row.instance_count > 0 && !signed)
    mark('rejected', 'grey', { count: row.rejected });
  return marks;
}
