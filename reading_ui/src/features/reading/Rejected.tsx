import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Reason } from '@/api/types';
import { Button } from '@/ui/Button';
import { isUnsafe } from '@/ui/quality';
import { Banner } from './Banners';
import { bySeries, type Gone, grown, lowered } from './rejected';

interface Props {
  gone: readonly Gone[];
  /** What the study says by now; why images are gone is what it says more than when the room was opened, or somebody understood. */
  problems: readonly Reason[];
  onUnderstood: () => void;
}

/** Images that left the screen under the reader's eyes: how many, why, and which. */
export function Rejected({ gone, problems, onUnderstood }: Props) {
  const { t } = useTranslation('reading');
  const [before, setBefore] = useState(problems);
  if (grown(problems, before).length > 0) setBefore(lowered(before, problems));
  if (gone.length === 0) return null;
  const codes = grown(before, problems);
  const why = codes.map((code) => t(`facts:value.${code}`)).join(t('rejected.and'));
  const which = bySeries(gone).map(({ series, numbers }) =>
    t(numbers.length > 0 ? 'rejected.images' : 'rejected.series', {
      series,
      numbers: numbers.join(t('rejected.and')),
    }),
  );
  const understood = () => {
    setBefore(problems);
    onUnderstood();
  };
  return (
    <Banner
      tone={codes.some((code) => isUnsafe(`images.${code}`)) ? 'red' : 'yellow'}
      icon="alarm"
      text={t('rejected.said', {
        count: gone.length,
        why: why && t('rejected.why', { why }),
        which: which.join(t('rejected.then')),
      })}
    >
      <Button onClick={understood}>{t('understood')}</Button>
    </Banner>
  );
}
