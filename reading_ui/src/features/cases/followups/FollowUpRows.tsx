import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useNow } from '@/lib/now';
import { dateOf } from '@/lib/time';
import { BandMark, Tag } from '@/ui/Band';
import type { FollowUp } from '../types';
import { Who } from '../Who';
import { EndForm } from './EndForm';
import styles from './followups.module.css';
import { daysLate, isLate } from './shelves';

const columns = ['due', 'patient', 'text', 'owner', 'case'] as const;

/** Follow-ups as a table, each with what can be said about it. */
export function FollowUpRows({ rows }: { rows: FollowUp[] }) {
  const { t } = useTranslation('cases');
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(`followUp.column.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row key={one.id} one={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ one }: { one: FollowUp }) {
  const { t } = useTranslation('cases');
  const late = isLate(one, useNow());
  const days = daysLate(one, Date.now());
  return (
    <tr>
      <td className={styles.due}>
        <BandMark band={one.band} />
        <span>
          {dateOf(one.due_at) || '—'}
          {late && <span className={styles[one.band]}> {t('followUp.late', { count: days })}</span>}
        </span>
      </td>
      <td>
        <Who patient={one.patient} site={one.owner_site.name} to={`/cases/${one.case_id}`} short />
      </td>
      <td className={styles.wide}>
        {one.text}
        {one.state !== 'planned' && <Tag band="grey">{t(`followUp.state.${one.state}`)}</Tag>}
        {one.reason && <p className={styles.dim}>{one.reason}</p>}
        {one.verbs.length > 0 && <EndForm one={one} />}
      </td>
      <td>{[one.owner_site.name, one.owner?.name].filter(Boolean).join(' · ')}</td>
      <td>
        <Link to={`/cases/${one.case_id}`}>{one.case_number}</Link>
      </td>
    </tr>
  );
}
