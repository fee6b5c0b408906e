import { type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { FactView } from '@/api/types';
import { fullTime } from '@/lib/time';
import { Icon } from '../icons';
import styles from './FactList.module.css';
import { runsOf, spokenOf } from './runs';
import { detailOf, iconOf, mood, nameOf } from './words';

interface Props {
  facts: FactView[];
  /** Where facts of many studies stand together: each leads to its study. */
  linked?: boolean;
}

/** What happened, newest or oldest first as given: when, who, where, what, in words. */
export function FactList({ facts, linked = false }: Props) {
  return (
    <ol className={styles.list}>
      {runsOf(facts).map((run) =>
        run.length > 1 ? (
          <Run key={run[0]?.seq} run={run} linked={linked} />
        ) : (
          run.map((fact) => <FactLine key={fact.seq} fact={fact} linked={linked} />)
        ),
      )}
    </ol>
  );
}

/** The same deed several times in a row: one line with the number, which opens to all of them. */
function Run({ run, linked }: { run: FactView[]; linked: boolean }) {
  const { t } = useTranslation('facts');
  const [open, setOpen] = useState(false);
  const id = useId();
  const first = spokenOf(run);
  const last = run.at(-1);
  if (!first || !last) return null;
  return (
    <>
      <FactLine fact={first} linked={linked} until={last.at}>
        <button
          type="button"
          className={styles.times}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {t('times', { n: run.length })}
          <Icon name={open ? 'up' : 'down'} size={12} />
        </button>
      </FactLine>
      <li id={id} hidden={!open} className={styles.inner}>
        <ol>
          {run.map((fact) => (
            <FactLine key={fact.seq} fact={fact} linked={false} />
          ))}
        </ol>
      </li>
    </>
  );
}

interface LineProps {
  fact: FactView;
  linked: boolean;
  /** Of several: when the last one was. */
  until?: string;
  children?: ReactNode;
}

function FactLine({ fact, linked, until, children }: LineProps) {
  const { t } = useTranslation('facts');
  const detail = until ? '' : detailOf(fact);
  const { actor } = fact;
  const who = actor === 'anybody' ? t('anybody') : !actor || actor === 'system' ? t('system') : actor;
  return (
    <li className={styles.fact} data-kind={mood(fact.name)}>
      <time dateTime={fact.at} title={until && `${fullTime(fact.at)} – ${fullTime(until)}`}>
        {fullTime(fact.at)}
      </time>
      <span className={styles.mark}>
        <Icon name={iconOf(fact.name)} size={14} />
      </span>
      <span className={styles.what}>
        {nameOf(fact)}
        {detail && <span className={styles.detail}>{detail}</span>}
        {children}
        {linked && fact.study_id && (
          <Link className={styles.study} to={`/studies/${fact.study_id}`}>
            {t('study')}
          </Link>
        )}
      </span>
      <span className={styles.who}>{[who, fact.site].filter(Boolean).join(' · ')}</span>
    </li>
  );
}
