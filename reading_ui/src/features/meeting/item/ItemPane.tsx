import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { studyDay } from '@/lib/time';
import { Button } from '@/ui/Button';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { SkeletonRows, Trouble } from '@/ui/States';
import { StudyKnown } from '@/ui/StudyKnown';
import { Time } from '@/ui/Time';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import { ReasonForm } from '../ReasonForm';
import type { Item, Meeting, Off } from '../types';
import { useDeed, useItem } from '../useMeeting';
import { ItemTag, PersonWords, TimeBox } from '../Words';
import { ConclusionPart } from './ConclusionPart';
import { Preparations } from './Preparations';
import { Tracking } from './Tracking';

/** One case whole: what is asked, how far it is prepared, what was concluded, what came of it. */
export function ItemPane({ meeting, itemId }: { meeting: Meeting; itemId: string }) {
  const found = useItem(meeting.id, itemId);
  const item = found.data;
  if (!item) {
    if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
    return <SkeletonRows rows={8} />;
  }
  return (
    <article className={styles.item} data-testid="item" data-state={item.state}>
      {item.patient && (
        <IdentityStrip
          patient={item.patient}
          siteName={item.proposed_site.name}
          studyAt={item.studies[0]?.study_at ?? null}
          modalities={item.studies[0]?.modalities}
          description={item.case_title}
        >
          <TimeBox item={item} />
          <ItemTag item={item} />
        </IdentityStrip>
      )}
      <ItemDeeds meeting={meeting} item={item} />
      <Asked item={item} />
      {item.state !== 'proposed' && <ConclusionPart meeting={meeting} item={item} />}
      <Tracking meeting={meeting} item={item} />
      {item.preparations.length > 0 && <Preparations meeting={meeting} item={item} />}
    </article>
  );
}

function Asked({ item }: { item: Item }) {
  const { t } = useTranslation('meeting');
  return (
    <section className={styles.card}>
      <h2>{t('item.question')}</h2>
      <p className={styles.question}>{item.question}</p>
      <p className={styles.dim}>
        {t(`from.${item.from_kind}`)} · <PersonWords person={item.proposed_by} />{' '}
        <Time at={item.proposed_at} /> · <Link to={`/cases/${item.case_id}`}>{item.case_number}</Link>
      </p>
      {item.end_reason && (
        <p className={styles.said}>
          <b>{t('reason')}</b> {item.end_reason}
        </p>
      )}
      {item.studies.length > 0 && (
        <ul className={styles.studies}>
          {item.studies.map((study) => (
            <li key={study.study_id}>
              {study.images ? (
                <Link to={`/read/${study.study_id}`}>
                  {[study.modalities.join('/'), study.description].filter(Boolean).join(' ')}
                </Link>
              ) : (
                [study.modalities.join('/'), study.description].filter(Boolean).join(' ')
              )}{' '}
              <span className={styles.dim}>{[studyDay(study.study_at), study.site_name].join(' · ')}</span>
              <StudyKnown studyId={study.study_id} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What the server offers this person about the case. */
export function ItemDeeds({ meeting, item }: { meeting: Meeting; item: Item }) {
  const { t } = useTranslation('meeting');
  const navigate = useNavigate();
  const [form, setForm] = useState<calls.OffVerb | null>(null);
  const deed = useDeed<Item>(meeting.id, 'saved');
  const off = useDeed<Off>(meeting.id, form ?? 'saved', () => navigate(`/meetings/${meeting.id}`));
  const refer = useDeed<{ id: string }>(meeting.id, 'refer', ({ id }) => navigate(`/referrals/${id}`));
  const may = (verb: string) => item.verbs.includes(verb);
  const run = (verb: calls.ItemVerb, words: object = {}) =>
    deed.mutate(() => calls.actOn(meeting.id, item.id, verb, words));
  const offs = (['decline', 'defer', 'withdraw'] as const).filter(may);
  const settled = item.follow_ups.every(({ state }) => state !== 'planned');
  if (!offs.length && !['accept', 'present', 'refer', 'close'].some(may)) return null;
  if (form) {
    return (
      <section className={styles.deeds}>
        <ReasonForm
          verb={form}
          danger={form !== 'defer'}
          busy={off.isPending}
          onBack={() => setForm(null)}
          onSend={(reason) => off.mutate(() => calls.takeOff(meeting.id, item.id, form, reason))}
        />
      </section>
    );
  }
  return (
    <div className={styles.deeds}>
      <div className={styles.actions}>
        {may('accept') && (
          <Button tone="next" busy={deed.isPending} onClick={() => run('accept', { minutes: item.minutes })}>
            {t('verb.accept')}
          </Button>
        )}
        {may('present') && (
          <Button tone="next" busy={deed.isPending} onClick={() => run('present')}>
            {t('verb.present')}
          </Button>
        )}
        {may('refer') &&
          (['down', 'up'] as const).map((direction) => (
            <Button
              key={direction}
              icon="route"
              busy={refer.isPending}
              onClick={() => refer.mutate(() => calls.refer(meeting.id, item.id, direction))}
            >
              {t(`verb.refer_${direction}`)}
            </Button>
          ))}
        {may('close') && settled && (
          <Button busy={deed.isPending} onClick={() => run('close')}>
            {t('verb.close')}
          </Button>
        )}
        {offs.map((verb) => (
          <Button key={verb} tone="bare" onClick={() => setForm(verb)}>
            {t(`verb.${verb}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
