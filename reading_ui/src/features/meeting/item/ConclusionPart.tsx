import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { Time } from '@/ui/Time';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import type { Conclusion, Item, Meeting } from '../types';
import { PersonWords, useSpecialty } from '../Words';
import { ConcludeForm } from './ConcludeForm';
import { ConclusionText } from './ConclusionText';
import { ExcuseDialog } from './ExcuseDialog';
import { SignDialog } from './SignDialog';

/** What was concluded, by whom it is signed; the form while it is the chair's to write. */
export function ConclusionPart({ meeting, item }: { meeting: Meeting; item: Item }) {
  const { t } = useTranslation('meeting');
  const [changing, setChanging] = useState(false);
  const { conclusion } = item;
  const mayConclude = item.verbs.includes('conclude');
  if (!conclusion && !mayConclude) return null;
  if (!conclusion || changing) {
    return (
      <section className={styles.card} aria-label={t('conclude.title')}>
        <ConcludeForm meeting={meeting} item={item} onDone={() => setChanging(false)} />
      </section>
    );
  }
  return (
    <section className={styles.card} aria-label={t(`kind.${conclusion.kind}`)} data-testid="conclusion">
      <header className={styles.line}>
        <h2>{t(`kind.${conclusion.kind}`)}</h2>
        {mayConclude && (
          <span className={styles.rest}>
            <Button onClick={() => setChanging(true)}>{t('verb.revise')}</Button>
          </span>
        )}
      </header>
      {conclusion.kind === 'opinion' && (
        <p className={styles.said} data-tone="wait">
          {t(item.quorum_met ? 'conclude.unsignedWhy' : 'conclude.opinionWhy')}
        </p>
      )}
      <ConclusionText conclusion={conclusion} />
      <Signatures meeting={meeting} item={item} conclusion={conclusion} />
    </section>
  );
}

function Signatures({ meeting, item, conclusion }: { meeting: Meeting; item: Item; conclusion: Conclusion }) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const [signing, setSigning] = useState(false);
  const [excused, setExcused] = useState<string | null>(null);
  const done = conclusion.signatures.filter(({ paper_id: paper }) => paper !== null).length;
  return (
    <div className={styles.part} data-testid="signatures">
      <h3>{t('sign.parts', { done, all: conclusion.signatures.length })}</h3>
      <ul className={styles.rows}>
        {conclusion.signatures.map((one) => (
          <li
            key={one.number}
            className={styles.line}
            data-role={one.role}
            data-signed={one.paper_id !== null}
          >
            <b>{word(one.role)}</b>
            {one.unsigned ? (
              <Tag band="grey" icon="close">
                {t('sign.unsigned')}
              </Tag>
            ) : one.paper_id ? (
              <Tag band="blue" icon="check">
                {t('sign.done')}
              </Tag>
            ) : (
              <Tag band="yellow" icon="clock">
                {t('sign.waits')}
              </Tag>
            )}
            {one.by && (
              <span className={styles.dim}>
                {one.unsigned && `${one.unsigned} · ${t('sign.notedBy')} `}
                <PersonWords person={one.by} /> <Time at={one.at} />
              </span>
            )}
            {item.verbs.includes('excuse') && conclusion.excusable.includes(one.role) && (
              <Button tone="bare" onClick={() => setExcused(one.role)}>
                {t('verb.excuse')}
              </Button>
            )}
            {one.paper_id && (
              <a className={styles.rest} href={calls.paperUrl(one.paper_id)} target="_blank" rel="noreferrer">
                PDF
              </a>
            )}
          </li>
        ))}
      </ul>
      {item.verbs.includes('sign') && (
        <div className={styles.actions}>
          <Button tone="next" onClick={() => setSigning(true)}>
            {t('verb.sign')}
          </Button>
        </div>
      )}
      {excused && (
        <ExcuseDialog
          meeting={meeting}
          item={item}
          conclusion={conclusion}
          role={excused}
          onClose={() => setExcused(null)}
        />
      )}
      {signing && (
        <SignDialog meeting={meeting} item={item} conclusion={conclusion} onClose={() => setSigning(false)} />
      )}
    </div>
  );
}
