import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { fullTime } from '@/lib/time';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { problemText } from '@/ui/problemText';
import * as calls from './calls';
import styles from './page.module.css';
import type { Consultation } from './types';
import { ColleagueWords } from './Words';

/** The signed opinion: what it says, who signed it, whether the signature holds, its paper, the way to a referral. */
export function OpinionText({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  const refers = view.refer === 'yes' || view.refer === 'urgent';
  const asks = view.verbs.includes('feedback');
  return (
    <>
      <p className={styles.seal}>
        <Icon name="check" />
        <ColleagueWords person={view.expert} /> {t('opinion.signedAt', { at: fullTime(view.signed_at) })}
      </p>
      <h3>{t('opinion.diagnosis')}</h3>
      <p className={styles.text} data-testid="diagnosis">
        {view.diagnosis}
      </p>
      <h3>{t('opinion.treatment')}</h3>
      <p className={styles.text}>{view.treatment}</p>
      <div className={styles.line}>
        <span className={styles.label}>{t('opinion.refer')}</span>
        <Tag
          band={view.refer === 'urgent' ? 'red' : refers ? 'yellow' : 'grey'}
          icon={refers ? 'up' : 'check'}
        >
          {view.refer && t(`refer.${view.refer}`)}
        </Tag>
        {refers && asks && (
          <Link to={`/referrals/new?consultation=${view.id}`}>{t('opinion.toReferral')}</Link>
        )}
      </div>
      {view.paper_id && <Paper id={view.paper_id} />}
    </>
  );
}

function Paper({ id }: { id: string }) {
  const { t } = useTranslation('consult');
  const [asked, setAsked] = useState(false);
  const check = useQuery({
    queryKey: ['paper', id, 'verify'],
    queryFn: () => calls.verifyPaper(id),
    enabled: asked,
  });
  return (
    <>
      <div className={styles.line}>
        <Button icon="report" onClick={() => window.open(calls.paperUrl(id), '_blank', 'noreferrer')}>
          {t('opinion.pdf')}
        </Button>
        <Button busy={check.isFetching} onClick={() => (asked ? void check.refetch() : setAsked(true))}>
          {t('opinion.verify')}
        </Button>
        {check.isError && <span className={styles.wrong}>{problemText(check.error)}</span>}
        {check.data && (
          <span
            className={check.data.valid ? styles.right : styles.wrong}
            role="status"
            data-testid="verified"
          >
            <Icon name={check.data.valid ? 'check' : 'alarm'} size={14} />
            {t(check.data.valid ? 'opinion.valid' : 'opinion.invalid')}
          </span>
        )}
      </div>
      {check.data && (
        <p className={styles.fingerprint}>
          {check.data.algorithm} · {check.data.key_id} · SHA-256 {check.data.sha256}
        </p>
      )}
    </>
  );
}
