import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { RoomWay } from '@/ui/RoomWay';
import { Time } from '@/ui/Time';
import { Arrange } from './Arrange';
import { actionsOf, type Form, nextOf } from './offers';
import styles from './page.module.css';
import { RouteForm } from './RouteForm';
import { SupplementForm } from './SupplementForm';
import type { Consultation } from './types';
import { useVerb } from './useVerb';
import { DeclineForm, WordsForm } from './WordsForm';

/** What the server offers this person, the next thing to do first. What needs words opens its form in place. */
export function Actions({ view, extra }: { view: Consultation; extra: ReactNode }) {
  const { t } = useTranslation('consult');
  const [form, setForm] = useState<Form | null>(null);
  const verb = useVerb(view.id, () => setForm(null));
  const offered = actionsOf(view);
  const next = nextOf(view);
  const open = form && offered.includes(form) ? form : null;
  const back = () => setForm(null);
  const press = (action: (typeof offered)[number]) => {
    if (action === 'enter') return;
    if (action === 'accept') verb.mutate({ verb: action, words: { version: view.version } });
    else if (action === 'confirm' || action === 'start' || action === 'close') verb.mutate({ verb: action });
    else setForm(action);
  };
  return (
    <section className={styles.card} data-testid="actions">
      <p className={styles.now}>
        <Now view={view} />
      </p>
      {view.decline_reason && view.state === 'accepted' && (
        <p className={styles.said} data-tone="wait">
          <b>{t(`declined.${view.declined_by}`)}</b> {view.decline_reason}
        </p>
      )}
      {view.end_reason && view.state !== 'closed' && (
        <p className={styles.said}>
          <b>{t('reason')}</b> {t(`ended.${view.end_reason}`, { defaultValue: view.end_reason })}
        </p>
      )}
      {open === 'arrange' && <Arrange view={view} onDone={back} />}
      {open === 'supplement' && <SupplementForm view={view} onDone={back} />}
      {open === 'route' && <RouteForm view={view} onDone={back} />}
      {open === 'decline_time' && (
        <DeclineForm
          timed={view.state === 'scheduled'}
          busy={verb.isPending}
          onBack={back}
          onSend={(reason) => verb.mutate({ verb: 'decline_time', words: { reason } })}
        />
      )}
      {(open === 'ask_supplement' || open === 'reject' || open === 'cancel') && (
        <WordsForm
          key={open}
          verb={open}
          busy={verb.isPending}
          onBack={back}
          onSend={(text) =>
            verb.mutate({ verb: open, words: open === 'ask_supplement' ? { text } : { reason: text } })
          }
        />
      )}
      {!open && (offered.length > 0 || extra) && (
        <div className={styles.actions}>
          {offered.map((action) =>
            action === 'enter' && view.room_id ? (
              <RoomWay
                key={action}
                roomId={view.room_id}
                kind="consultation"
                subjectId={view.id}
                enter={t('verb.enter')}
                next={action === next}
              />
            ) : (
              <Button
                key={action}
                tone={
                  action === next ? 'next' : action === 'reject' || action === 'cancel' ? 'bare' : 'plain'
                }
                busy={verb.isPending}
                onClick={() => press(action)}
              >
                {t(action === 'arrange' && view.state !== 'accepted' ? 'verb.rearrange' : `verb.${action}`)}
              </Button>
            ),
          )}
          {extra}
        </div>
      )}
    </section>
  );
}

/** One sentence: whose turn it is. */
function Now({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  const names = {
    centre: view.centre_site?.name ?? '',
    site: view.requesting_site.name,
    expert: view.expert?.name ?? '',
    requester: view.requester.name,
  };
  if (view.state === 'scheduled' && view.starts_at) {
    const waits = [
      !view.confirmed_requester && names.requester,
      !view.confirmed_expert && names.expert,
    ].filter(Boolean);
    return (
      <>
        <Time at={view.starts_at} /> {t('now.meets', { ...names, minutes: view.minutes })}{' '}
        {waits.length > 0
          ? t('now.unconfirmed', { who: waits.join(t('request.comma')) })
          : t('now.confirmed')}
      </>
    );
  }
  if (view.state === 'accepted' && view.no_show)
    return <>{t('now.missed', { who: t(`noShow.${view.no_show}`) })}</>;
  return <>{t(`now.${view.state}`, names)}</>;
}
