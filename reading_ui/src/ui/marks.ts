import type { WorklistRow } from '@/api/types';
import type { IconName } from './icons';

/** What a list knows of the images of a study. */
export type Marked = Pick<
  WorklistRow,
  'state' | 'instance_count' | 'lacking' | 'damaged' | 'withdrawn' | 'late_images'
>;

export type MarkKind = 'noImages' | 'withdrawn' | 'lacking' | 'damaged' | 'lateSigned' | 'late';

export interface Mark {
  kind: MarkKind;
  band: 'red' | 'yellow';
  icon: IconName;
  params: Record<string, number>;
  /** Key of the sentence that says what it means and what to do. */
  why: string;
}

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
    marks.push({ kind, band, icon: kind.startsWith('late') ? 'layers' : 'alarm', params, why });
  };
  if (row.instance_count === 0) mark('noImages', 'red', {}, signed ? 'ui:mark.noImagesSignedWhy' : undefined);
  if (row.withdrawn) mark('withdrawn', 'red');
  if (row.lacking) mark('lacking', 'yellow', { ...row.lacking });
  if (row.damaged > 0) mark('damaged', 'yellow', { count: row.damaged });
  if (row.late_images && signed) mark('lateSigned', 'yellow', {}, 'ui:ground.late');
  if (row.late_images && !signed) mark('late', 'yellow');
  return marks;
}
