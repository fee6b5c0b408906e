import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/toast';
import { listOf } from '../referral/library';
import { Source } from '../referral/Source';
import { StudiesAlong } from '../referral/StudiesAlong';
import { useLibrary, useReferralVerb } from '../referral/useReferral';
import { Way } from '../referral/Way';
import type { ReferralView } from '../types';
import { AfterPart } from './AfterPart';
import styles from './draft.module.css';
import { HowPart } from './HowPart';
import { KeptLine } from './KeptLine';
import { missingOf } from './missing';
import { useDraft } from './useDraft';
import { WherePart } from './WherePart';
import { WhyPart } from './WhyPart';

/** A referral while it is written: four parts from top to bottom, what is missing beside them. */
export function DraftPage({ view, onReload }: { view: ReferralView; onReload: () => void }) {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const { fields, kept, change, flush, version } = useDraft(view);
  const [toSite, setToSite] = useState<string | null>(view.to_site?.id ?? null);
  const verb = useReferralVerb(view.id);
  const list = listOf(useLibrary(), fields.direction, fields.disease);
  const missing = missingOf(fields, toSite, list);
  const send = async () => {
    if (!(await flush())) return;
    verb.mutate(
      { verb: 'submit', said: { version: version() } },
      { onSuccess: () => toast(t('referral.done.submit'), { about: view.id }) },
    );
  };
  const discard = async () => {
    await flush();
    verb.mutate(
      { verb: 'cancel', said: { version: version() } },
      {
        onSuccess: () => {
          toast(t('referral.form.discarded'));
          navigate(`/cases/${view.case_id}`);
        },
      },
    );
  };
  return (
    <div className={styles.columns}>
      <form className={styles.main} onSubmit={(event) => event.preventDefault()}>
        <Source view={view} />
        <WherePart
          fields={fields}
          toSite={toSite}
          list={list}
          onSite={(id) => {
            setToSite(id);
            change({ to_site_id: id });
          }}
          onChange={change}
        />
        <WhyPart fields={fields} list={list} onChange={change} />
        {fields.direction === 'down' && <AfterPart fields={fields} list={list} onChange={change} />}
        <HowPart fields={fields} onChange={change} />
      </form>
      <aside className={styles.side}>
        <section className={styles.card}>
          <p className={styles.sum}>
            <Way row={fields} /> <span className={styles.dim}>{view.number}</span>
          </p>
          <KeptLine kept={kept} onReload={onReload} />
          {missing.length > 0 && (
            <p className={styles.missing} data-testid="missing">
              {t('referral.form.missing')} {missing.map((name) => t(`referral.form.${name}`)).join('、')}
            </p>
          )}
          <div className={styles.buttons}>
            <Button
              tone="next"
              busy={verb.isPending}
              disabled={missing.length > 0}
              onClick={() => void send()}
            >
              {t('referral.form.submit')}
            </Button>
            <Button tone="bare" onClick={() => void discard()}>
              {t('referral.form.discard')}
            </Button>
          </div>
        </section>
        <StudiesAlong caseId={view.case_id} hint={t('referral.form.studiesHint')} />
      </aside>
    </div>
  );
}
