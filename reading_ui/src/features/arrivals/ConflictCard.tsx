import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '@/api/client';
import { asProblem } from '@/api/problem';
import { keysOf } from '@/api/queries';
import { cx } from '@/lib/cx';
import { dateOf, fullTime } from '@/lib/time';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { useSexWord } from '@/ui/person';
import { problemText, sayProblem } from '@/ui/problemText';
import { Time } from '@/ui/Time';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './conflicts.module.css';
import { differing, linesOf } from './lines';
import { Reason } from './Reason';

/** Both sides of a conflict beside each other, what differs marked, and what this person may decide about it. */
export function ConflictCard({ item }: { item: calls.Conflict }) {
  const { t } = useTranslation('arrivals');
  const cache = useQueryClient();
  const [verb, setVerb] = useState<calls.Verb | null>(null);
  const called = (one: calls.Verb) => calls.named(one, item.reason);
  const decide = useMutation({
    mutationFn: (reason: string) => calls.decide(item.key, verb ?? 'keep_old', reason),
    onSuccess: () => {
      setVerb(null);
      toast(t('conflict.decided'));
    },
    onError: sayProblem,
    onSettled: () => {
      for (const key of [calls.keys.conflicts, calls.keys.decisions, keysOf.arrivals])
        void cache.invalidateQueries({ queryKey: key });
    },
  });
  return (
    <li className={styles.card} data-testid="conflict">
      <div className={styles.head}>
        <Tag band="red" icon="alarm">
          {t('state.open')}
        </Tag>
        <strong>
          {t(
            `conflict.title.${item.claim.hidden && item.reason === 'site.conflict' ? 'site.came' : item.reason}`,
          )}
        </strong>
        <span className={styles.dim}>
          <Time at={item.last_at} /> · {t('conflict.objects', { count: item.claim.objects })}
        </span>
        {item.signed && <Tag band="yellow">{t('conflict.signed')}</Tag>}
      </div>
      {item.stays && (
        <p className={styles.dim}>
          {t('conflict.stays', { site: item.stays.site, by: item.stays.by })} <Time at={item.stays.at} />
        </p>
      )}
      <Sides item={item} />
      {verb === null ? (
        <div className={styles.verbs}>
          {item.offers.map((offer) => (
            <Button key={offer} onClick={() => setVerb(offer)} title={t(`conflict.effect.${called(offer)}`)}>
              {t(`verb.${called(offer)}`)}
            </Button>
          ))}
        </div>
      ) : (
        <Reason
          verb={t(`verb.${called(verb)}`)}
          hint={t(`conflict.effect.${called(verb)}`)}
          example={item.reason === 'site.conflict' && !item.claim.hidden ? 'site' : 'conflict'}
          busy={decide.isPending}
          onGive={(reason) => decide.mutate(reason)}
          onClose={() => setVerb(null)}
        />
      )}
    </li>
  );
}

/** Left what is kept, right what came: each line beside its like. */
function Sides({ item }: { item: calls.Conflict }) {
  const { t } = useTranslation('arrivals');
  const sexWord = useSexWord();
  const { claim, known } = item;
  const unlike = differing(claim, known);
  const say = { sex: sexWord, date: dateOf, time: fullTime };
  const right = linesOf(claim, say);
  const left = known ? linesOf(known, say) : null;
  return (
    <table className={styles.sides}>
      <thead>
        <tr>
          <th aria-label={t('conflict.line')} />
          <th>
            {t('conflict.known')}
            {known?.study_id && <Link to={`/studies/${known.study_id}`}>{t('study')}</Link>}
          </th>
          <th>{t('conflict.claim')}</th>
        </tr>
      </thead>
      <tbody>
        {right.map(({ key, text }, place) => (
          <tr key={key} className={cx(unlike.has(key) && styles.unlike)}>
            <th scope="row">{t(`line.${key}`)}</th>
            {left && <td>{left[place]?.text || '—'}</td>}
            {!left && place === 0 && (
              <td rowSpan={right.length + 1} className={styles.hidden}>
                {t('conflict.hidden')}
              </td>
            )}
            <td>{text || (claim.hidden ? place === 0 && t('conflict.hiddenClaim') : '—')}</td>
          </tr>
        ))}
        <tr>
          <th scope="row">{t('line.pictures')}</th>
          {known && (
            <td>
              <Known item={item} />
            </td>
          )}
          <td>{!claim.hidden && <Pictures ids={item.pictures} side="claim" />}</td>
        </tr>
      </tbody>
    </table>
  );
}

function Known({ item }: { item: calls.Conflict }) {
  if (item.reason === 'instance.conflict' && !item.claim.hidden)
    return <Pictures ids={item.pictures} side="known" />;
  const id = item.known?.study_id;
  return id ? <Picture src={calls.previewOf(id)} /> : null;
}

function Pictures({ ids, side }: { ids: string[]; side: 'claim' | 'known' }) {
  return (
    <div className={styles.pictures}>
      {ids.map((id) => (
        <Picture key={id} src={calls.pictureOf(id, side)} />
      ))}
    </div>
  );
}

/** A picture, or in its place that it is on its way, or that there is none: whoever compares must know that one side was not seen. */
function Picture({ src }: { src: string }) {
  const { t } = useTranslation('arrivals');
  const [lost, setLost] = useState('');
  const [there, setThere] = useState(false);
  const why = (error: unknown) =>
    setLost(asProblem(error).code === 'picture.no_pixels' ? problemText(error) : t('conflict.noPicture'));
  return lost ? (
    <span className={cx(styles.picture, styles.said)}>{lost}</span>
  ) : (
    <span className={styles.holder}>
      {!there && <span className={styles.loading}>{t('conflict.loading')}</span>}
      <img
        className={cx(styles.picture, !there && styles.coming)}
        src={src}
        alt={t('conflict.picture')}
        loading="lazy"
        onLoad={() => setThere(true)}
        onError={() => void get(src).then(why, why)}
      />
    </span>
  );
}
