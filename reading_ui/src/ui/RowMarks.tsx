import { useTranslation } from 'react-i18next';
import { Tag } from './Band';
import { type Mark, type Marked, type MarkKind, marksOf } from './marks';

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
}

/** What is amiss with the images of a row's study: the same words on every list. */
export function RowMarks({ row, without = [] }: Props) {
  return marksOf(row)
    .filter(({ kind }) => !without.includes(kind))
    .map((mark) => <MarkTag key={mark.kind} mark={mark} />);
}
