import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { keysOf } from '@/api/queries';
import type { Critical } from '@/api/types';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SkeletonRows, Trouble } from '@/ui/States';
import { ActForm, CloseForm } from './ActForm';
import * as calls from './calls';
import styles from './critical.module.css';
import { Loop } from './Loop';
import { Person } from './Person';
import { ReadBackForm } from './ReadBackForm';
import { Since } from './Since';
import { bandOf } from './states';
import { WithdrawForm } from './WithdrawForm';

/** One finding: who, what, how far its loop is, and the step that this person may take next. */
export function CriticalDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation('critical');
  const found = useQuery({
    queryKey: [...keysOf.criticals, 'one', id],
    queryFn: () => calls.critical(id),
    staleTime: 0,
  });
  return (
    <Dialog title={t('title')} onClose={onClose} wide>
      {found.isPending && <SkeletonRows rows={4} />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Told one={found.data} onClose={onClose} />}
    </Dialog>
  );
}

function Told({ one, onClose }: { one: Critical; onClose: () => void }) {
  const { t } = useTranslation('critical');
  const may = (verb: string) => one.verbs.includes(verb);
  return (
    <div className={styles.told} data-testid="critical" data-state={one.state}>
      <p className={styles.who}>
        <Person one={one} />
        <span className={styles.study}>{[one.modality, one.description].filter(Boolean).join(' · ')}</span>
      </p>
      <p className={styles.finding}>
        <Tag band={bandOf(one)}>{t(`state.${one.state}`)}</Tag>
        <b>{t(`item.${one.item}`)}</b>
        <span>{t(`level.${one.level}`)}</span>
        <span className={styles.clock}>
          <Since at={one.raised_at} />
        </span>
      </p>
      {one.text && <p className={styles.text}>{one.text}</p>}
      <Loop one={one} />
      {may('acknowledge') && <ReadBackForm one={one} />}
      {may('act') && !may('close') && <ActForm one={one} />}
      {may('close') && <CloseForm one={one} onClosed={onClose} />}
      <div className={styles.row}>
        {may('withdraw') && <WithdrawForm one={one} onDone={onClose} />}
        <span className={styles.links}>
          <Link to={`/read/${one.study_id}`} onClick={onClose}>
            {t('images')}
          </Link>
          {(may('act') || may('close')) && (
            <Link to={`/referrals/new?critical=${one.id}`} onClick={onClose} className={styles.refer}>
              {t(one.level === 1 ? 'refer' : 'referUp')}
            </Link>
          )}
        </span>
        <Button onClick={onClose}>{t('ui:close')}</Button>
      </div>
    </div>
  );
}
