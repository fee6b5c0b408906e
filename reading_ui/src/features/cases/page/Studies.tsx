import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { shownWhenLoaded } from '@/lib/shownWhenLoaded';
import { studyDay } from '@/lib/time';
import { Tag } from '@/ui/Band';
import type { About } from '../timeline/about';
import { type CaseThen, thereAt } from '../timeline/replay';
import type { CaseStudy, CaseView } from '../types';
import { AddStudy } from './AddStudy';
import styles from './Side.module.css';

interface Props {
  view: CaseView;
  about: About;
  then: CaseThen | null;
}

/** The studies of the case; those that one may not see say so and nothing more. */
export function Studies({ view, about, then }: Props) {
  const { t } = useTranslation('cases');
  const shown = view.studies.filter((one) => !then || thereAt(one.added_at, null, then.at));
  return (
    <section className={styles.card} data-testid="studies">
      <h2>
        {t('studies.title')} <span className={styles.count}>{shown.length}</span>
      </h2>
      <ul className={styles.list}>
        {shown.map((study) =>
          study.verbs.includes('study.see') ? (
            <Study key={study.id} study={study} about={about} then={then} />
          ) : (
            <li key={study.id} className={styles.hiddenStudy}>
              {t(`studies.${study.problem === 'study.held' ? 'held' : 'not_shared'}`)}
            </li>
          ),
        )}
      </ul>
      {!then && view.verbs.includes('case.add_study') && <AddStudy view={view} />}
    </section>
  );
}

function Study({ study, about, then }: { study: CaseStudy; about: About; then: CaseThen | null }) {
  const { t } = useTranslation('cases');
  const images = study.verbs.includes('study.images');
  const thumb = images && about.studies.get(study.id)?.series.find((one) => one.thumb)?.thumb;
  const reading = then ? then.reading.get(study.id) : readingOf(study);
  const signed = reading === 'report.signed' || reading === 'report.addended';
  return (
    <li className={styles.study}>
      <span className={styles.thumb}>
        {thumb ? <img src={thumb} alt="" {...shownWhenLoaded} /> : study.modalities[0]}
      </span>
      <div className={styles.words}>
        <p>
          <strong>{study.modalities.join('/')}</strong> {study.description || study.body_part}
        </p>
        <p className={styles.dim}>
          {[studyDay(study.study_at), study.site?.name, t('ui:objects', { n: study.instance_count })]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p className={styles.links}>
          {images && <Link to={`/read/${study.id}`}>{t('studies.images')}</Link>}
          <Link to={`/studies/${study.id}`}>{t(signed && !then ? 'studies.report' : 'studies.page')}</Link>
          {reading && <Tag band={signed ? 'accent' : 'plain'}>{t(readingKey(reading))}</Tag>}
        </p>
        {study.problem === 'study.conflict' && <p className={styles.warn}>{t('studies.conflict')}</p>}
      </div>
    </li>
  );
}

const readingOf = ({ report_state, task_state }: CaseStudy): string | undefined =>
  report_state ? `report.${report_state}` : task_state ? `task.${task_state}` : undefined;

const readingKey = (reading: string): string =>
  reading.startsWith('report.') ? `ui:reportState.${reading.slice(7)}` : `ui:${reading}`;
