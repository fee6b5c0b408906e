import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { studyDay } from '@/lib/time';
import { sizeWords } from '@/ui/DropTile';
import { Icon } from '@/ui/icons';
import { StudyKnown } from '@/ui/StudyKnown';
import { Time } from '@/ui/Time';
import styles from './page.module.css';
import type { Consultation } from './types';
import { ColleagueWords } from './Words';

/** Who asks whom, when; the examinations and papers it is about. */
export function SideFacts({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  return (
    <aside className={styles.side}>
      <h2>{t('side.studies', { n: view.studies.length })}</h2>
      <ul className={styles.studies}>
        {view.studies.map((study) => (
          <li key={study.study_id}>
            <Picture study={study} />
            <span className={styles.studyWords}>
              <b>
                {[study.modalities.join('/'), study.description || study.body_part].filter(Boolean).join(' ')}
              </b>
              <span>
                {[
                  studyDay(study.study_at),
                  study.site_name,
                  t('ui:objects', { n: study.instance_count }),
                ].join(' · ')}
              </span>
              <StudyKnown studyId={study.study_id} />
            </span>
          </li>
        ))}
      </ul>
      <h2>{t('side.files', { n: view.files.length })}</h2>
      <ul className={styles.papers}>
        {view.files.map((file) => (
          <li key={file.id}>
            <a href={file.url} target="_blank" rel="noreferrer">
              <Icon name="report" size={14} />
              {file.name}
            </a>
            <span className={styles.dim}>
              {t(`files.kind.${file.kind}`)} · {sizeWords(file.size)}
            </span>
          </li>
        ))}
      </ul>
      <h2>{t('side.about')}</h2>
      <dl className={styles.facts}>
        <dt>{t('column.number')}</dt>
        <dd>{view.number}</dd>
        <dt>{t('side.case')}</dt>
        <dd>
          <Link to={`/cases/${view.case_id}`}>
            {view.case_number} {view.case_title}
          </Link>
        </dd>
        <dt>{t('field.mode')}</dt>
        <dd>{t(`mode.${view.mode}`)}</dd>
        <dt>{t('field.specialty')}</dt>
        <dd>{view.wanted_specialty ? t(`specialty.${view.wanted_specialty}`) : '—'}</dd>
        <dt>{t('side.requester')}</dt>
        <dd>
          <ColleagueWords person={view.requester} />
        </dd>
        <dt>{t('column.centre')}</dt>
        <dd>{view.centre_site?.name ?? '—'}</dd>
        <dt>{t('column.expert')}</dt>
        <dd>
          <ColleagueWords person={view.expert} />
          {view.seconds.map((one) => (
            <div key={one.id}>
              <ColleagueWords person={one} />
            </div>
          ))}
        </dd>
        {view.starts_at && (
          <>
            <dt>{t('side.time')}</dt>
            <dd>
              <Time at={view.starts_at} /> · {t('arrange.length', { n: view.minutes ?? 30 })}
              <Confirmed at={view.confirmed_requester} who={view.requesting_site.name} />
              <Confirmed at={view.confirmed_expert} who={view.expert?.name ?? ''} />
            </dd>
          </>
        )}
        {view.route_reason && (
          <>
            <dt>{t('side.routed')}</dt>
            <dd>{view.route_reason}</dd>
          </>
        )}
        <dt>{t('column.completeness')}</dt>
        <dd>
          {view.completeness}%
          {view.missing.length > 0 && (
            <span className={styles.dim}>
              {' '}
              {t('request.missing', {
                what: view.missing.map((part) => t(`part.${part}`)).join(t('request.comma')),
              })}
            </span>
          )}
        </dd>
      </dl>
    </aside>
  );
}

function Picture({ study }: { study: Consultation['studies'][number] }) {
  const { t } = useTranslation('consult');
  const inside = study.thumb ? <img src={study.thumb} alt="" /> : <Icon name="image" />;
  if (!study.images) return <span className={styles.thumb}>{inside}</span>;
  return (
    <Link to={`/read/${study.study_id}`} className={styles.thumb} aria-label={t('side.openImages')}>
      {inside}
    </Link>
  );
}

function Confirmed({ at, who }: { at: string | null; who: string }) {
  const { t } = useTranslation('consult');
  return (
    <div className={at ? styles.right : styles.awaiting}>
      <Icon name={at ? 'check' : 'clock'} size={13} />
      {t(at ? 'side.confirmed' : 'side.unconfirmed', { who })}
    </div>
  );
}
