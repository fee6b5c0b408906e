import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import { Segments } from '@/ui/Segments';
import styles from './page.module.css';
import { Stars } from './Stars';
import { type Adoption, adoptions, type Consultation } from './types';
import { useVerb } from './useVerb';

/** What became of the opinion, right under it; stars both ways. */
export function FeedbackCard({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  const [again, setAgain] = useState(false);
  const may = view.verbs.includes('feedback');
  const rates = view.verbs.includes('rate_request');
  const verb = useVerb(view.id);
  const writing = may && (!view.adoption || again);
  if (!view.signed_at) return null;
  return (
    <section className={styles.card} aria-label={t('feedback.title')}>
      <h2>{t('feedback.title')}</h2>
      {writing ? (
        <FeedbackForm view={view} onDone={() => setAgain(false)} />
      ) : view.adoption ? (
        <p className={styles.said}>
          <b>{t(`adoption.${view.adoption}`)}</b> {view.adoption_reason}
          {may && (
            <Button tone="bare" onClick={() => setAgain(true)}>
              {t('feedback.change')}
            </Button>
          )}
        </p>
      ) : (
        <p className={styles.note}>{t('feedback.awaited', { site: view.requesting_site.name })}</p>
      )}
      <dl className={styles.ratings}>
        {!writing && (
          <>
            <dt>{t('feedback.byRequester')}</dt>
            <dd>
              <Stars label={t('feedback.byRequester')} value={view.rating_by_requester} />
            </dd>
          </>
        )}
        <dt>{t('feedback.byExpert')}</dt>
        <dd>
          <Stars
            label={t('feedback.byExpert')}
            value={view.rating_by_expert}
            onRate={rates ? (rating) => verb.mutate({ verb: 'rate_request', words: { rating } }) : undefined}
          />
        </dd>
      </dl>
    </section>
  );
}

function FeedbackForm({ view, onDone }: { view: Consultation; onDone: () => void }) {
  const { t } = useTranslation('consult');
  const [adoption, setAdoption] = useState<Adoption | null>(view.adoption);
  const [reason, setReason] = useState(view.adoption_reason ?? '');
  const [rating, setRating] = useState(view.rating_by_requester);
  const verb = useVerb(view.id, onDone);
  const [tried, setTried] = useState(false);
  const lacks = adoption === null ? 'choose' : adoption !== 'adopted' && reason.trim() === '' ? 'why' : null;
  return (
    <form
      className={styles.words}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (!lacks) verb.mutate({ verb: 'feedback', words: { adoption, reason: reason.trim(), rating } });
      }}
    >
      <Segments
        label={t('feedback.title')}
        answer
        segments={adoptions.map((key) => ({ key, label: t(`adoption.${key}`) }))}
        chosen={adoption}
        onChoose={setAdoption}
      />
      {tried && lacks === 'choose' && (
        <p className={styles.wrong} role="alert">
          {t('feedback.needs.choose')}
        </p>
      )}
      <TextArea
        label={t(adoption === 'adopted' || adoption === null ? 'feedback.note' : 'feedback.reason')}
        problem={tried && lacks === 'why' ? t('feedback.needs.why') : null}
        value={reason}
        rows={2}
        maxLength={4000}
        onChange={(event) => setReason(event.target.value)}
      />
      <div className={styles.line}>
        <span className={styles.label}>{t('feedback.byRequester')}</span>
        <Stars label={t('feedback.byRequester')} value={rating} onRate={setRating} />
        <Button type="submit" tone="next" className={styles.last} busy={verb.isPending}>
          {t('feedback.send')}
        </Button>
      </div>
    </form>
  );
}
