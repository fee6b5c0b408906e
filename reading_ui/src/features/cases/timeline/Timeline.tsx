import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateOf, fullTime } from '@/lib/time';
import { runsOf } from '@/ui/facts/runs';
import { Empty } from '@/ui/States';
import type { CaseFact, CaseView } from '../types';
import type { About } from './about';
import { Entry } from './Entry';
import { Export } from './Export';
import { extraOf } from './extra';
import { KindFilter } from './KindFilter';
import { isStep, type Kind, kindOf } from './kinds';
import { Replay } from './Replay';
import styles from './timeline.module.css';

interface Props {
  view: CaseView;
  facts: CaseFact[];
  about: About;
  /** How many steps the replay has gone; null: the present. */
  at: number | null;
  onAt: (at: number | null) => void;
}

/** Everything that happened, newest first, with who did it; can be narrowed, gone through again and taken away. */
export function Timeline({ view, facts, about, at, onAt }: Props) {
  const { t } = useTranslation('cases');
  const [hidden, setHidden] = useState<ReadonlySet<Kind>>(new Set(['access']));
  const [playing, setPlaying] = useState(false);
  const steps = useMemo(() => facts.filter(isStep), [facts]);
  const last = at === null ? undefined : steps[at - 1];
  const happened = last ? facts.filter((fact) => fact.seq <= last.seq) : facts;
  const days = daysOf(happened.filter((fact) => !hidden.has(kindOf(fact))));
  const toggle = (kind: Kind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    setHidden(next);
  };
  return (
    <section className={styles.timeline} data-testid="timeline">
      <header className={styles.head}>
        <h2>
          {t('timeline.title')} <span className={styles.count}>{happened.length}</span>
        </h2>
        <Export view={view} facts={facts} about={about} />
      </header>
      <KindFilter counts={countsOf(happened)} hidden={hidden} onToggle={toggle} />
      <Replay steps={steps} at={at} playing={playing} onAt={onAt} onPlaying={setPlaying} />
      {days.length === 0 && <Empty icon="clock" title={t('timeline.empty')} />}
      {days.map(({ day, runs }) => (
        <section key={day}>
          <h3 className={styles.day}>{day}</h3>
          <ol className={styles.column}>
            {runs.map((run) => (
              <Entry
                key={run[0]?.seq}
                run={run}
                extra={run[0] ? extraOf(run[0], view, about) : {}}
                current={last !== undefined && run.some((fact) => fact.seq === last.seq)}
              />
            ))}
          </ol>
        </section>
      ))}
    </section>
  );
}

function countsOf(facts: CaseFact[]): Partial<Record<Kind, number>> {
  const counts: Partial<Record<Kind, number>> = {};
  for (const fact of facts) {
    const kind = kindOf(fact);
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Newest day first, newest step first within it. */
function daysOf(facts: CaseFact[]): { day: string; runs: CaseFact[][] }[] {
  const days = new Map<string, CaseFact[]>();
  for (const fact of facts) {
    const day = dateOf(fullTime(fact.at).slice(0, 10));
    days.set(day, [...(days.get(day) ?? []), fact]);
  }
  const latest = [...days].toReversed();
  return latest.map(([day, list]) => ({ day, runs: runsOf(list).toReversed() as CaseFact[][] }));
}
