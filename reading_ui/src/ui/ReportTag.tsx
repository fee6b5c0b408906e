import { useTranslation } from 'react-i18next';
import type { ReportState } from '@/api/types';
import { Tag } from './Band';

/** How far a report is: blue while it is under way, grey with a check once it is signed; the same on every screen. */
export function ReportTag({ state }: { state: ReportState }) {
  const { t } = useTranslation('ui');
  const signed = state === 'signed' || state === 'addended';
  return (
    <Tag band={signed ? 'grey' : 'blue'} icon={signed ? 'check' : undefined}>
      {t(`reportState.${state}`)}
    </Tag>
  );
}
