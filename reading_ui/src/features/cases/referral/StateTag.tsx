import { useTranslation } from 'react-i18next';
import { Tag } from '@/ui/Band';
import type { Referral } from '../types';
import { isEnded } from './order';

/** How far it is; coloured only by its clock. */
export function StateTag({ row }: { row: Referral }) {
  const { t } = useTranslation('cases');
  const hot = row.band === 'red' || row.band === 'yellow';
  const band = isEnded(row) || row.state === 'draft' ? 'grey' : hot ? row.band : 'plain';
  return <Tag band={band}>{t(`referral.state.${row.state}`)}</Tag>;
}
