import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { detailOf, nameOf } from '@/ui/facts/words';
import { Menu } from '@/ui/Menu';
import type { CaseFact, CaseView } from '../types';
import type { About } from './about';
import { csvOf, jsonOf, saveAs, type Told } from './exporting';
import { extraOf } from './extra';
import { kindOf } from './kinds';
import { standingOf, whoOf } from './person';
import styles from './timeline.module.css';

const heads = ['at', 'kind', 'what', 'detail', 'who', 'role', 'site'] as const;

interface Props {
  view: CaseView;
  facts: CaseFact[];
  about: About;
}

/** The whole timeline as a file, in the words of the screen; JSON with every fact as it is kept. */
export function Export({ view, facts, about }: Props) {
  const { t } = useTranslation('cases');
  const name = `${view.number}-${t('timeline.title')}`;
  const lines = () => facts.map((fact) => lineOf(fact, view, about));
  const csv = () =>
    saveAs(
      `${name}.csv`,
      csvOf(
        heads.map((head) => t(`export.${head}`)),
        lines(),
      ),
      'text/csv;charset=utf-8',
    );
  const json = () => saveAs(`${name}.json`, jsonOf(view.number, facts, lines()), 'application/json');
  return (
    <Menu label={t('export.label')} word={t('export.label')} icon="incoming">
      {(close) => (
        <div className={styles.exports}>
          {[
            { word: t('export.csv'), run: csv },
            { word: t('export.json'), run: json },
          ].map(({ word, run }) => (
            <Button
              key={word}
              tone="bare"
              onClick={() => {
                run();
                close();
              }}
            >
              {word}
            </Button>
          ))}
        </div>
      )}
    </Menu>
  );
}

function lineOf(fact: CaseFact, view: CaseView, about: About): Told {
  return {
    at: fullTime(fact.at),
    kind: i18next.t(`cases:timeline.kind.${kindOf(fact)}`),
    what: nameOf(fact),
    detail: [detailOf(fact), extraOf(fact, view, about).text].filter(Boolean).join(' · '),
    who: whoOf(fact),
    role: standingOf(fact),
    site: fact.site ?? '',
  };
}
