import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '@/api/session';
import type { Role } from '@/api/types';
import { dateOf } from '@/lib/time';
import { Tag } from '@/ui/Band';
import { sizeWords } from '@/ui/DropTile';
import { ageOf } from '@/ui/person';
import { problemText } from '@/ui/problemText';
import { delivered, hasApart, outcome, type Progress } from './sending';
import { type Study, type Unlike, unnamed } from './studies';
import styles from './upload.module.css';

const DECIDING: ReadonlySet<Role> = new Set<Role>(['technologist', 'coordinator']);

interface Props {
  study: Study;
  progress: Progress | null;
  chosen: boolean;
  fixed: boolean;
  onToggle: () => void;
}

/** A study as its files say, to be checked against the request form; then how far it is. */
export function StudyRow({ study, progress, chosen, fixed, onToggle }: Props) {
  const { t } = useTranslation('upload');
  const { header } = study;
  const lacks = unnamed(study);
  const sexOf = (code: string) => (['M', 'F', 'O'].includes(code) ? t(`sex.${code}`) : code);
  const wordOf = (field: Unlike['field'], value: string) =>
    field === 'sex' ? sexOf(value) : field === 'birthDate' ? dateOf(value) : value;
  const years = ageOf(header.age);
  const age = years && years.n > 0 ? t(`ui:age.${years.unit}`, { n: years.n }) : '';
  const born = header.birthDate ? t('born', { date: dateOf(header.birthDate) }) : '';
  return (
    <li className={styles.item}>
      <label className={styles.who}>
        <input type="checkbox" checked={chosen} disabled={fixed} onChange={onToggle} />
        <strong className={styles.name}>{header.patientName || t('noName')}</strong>
        {study.doubtful && (
          <Tag band="yellow" icon="alarm">
            {t('ui:identity.doubtful')}
          </Tag>
        )}
        {lacks && (
          <Tag band="yellow" icon="alarm">
            {t(`unnamed.${lacks}`)}
          </Tag>
        )}
        <span>{[sexOf(header.sex), age, born].filter(Boolean).join(' · ')}</span>
        <span className={styles.number}>
          {header.patientId ? t('number', { id: header.patientId }) : t('noNumber')}
        </span>
      </label>
      <p className={styles.what}>
        {[
          header.modality,
          dateOf(header.studyDate),
          header.studyDescription,
          t('series', { n: study.series }),
          t('files', { count: study.pieces.length }),
          sizeWords(study.bytes),
          header.accession && t('accession', { id: header.accession }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
      {study.doubtful && (
        <p className={styles.differs} role="alert">
          {t('doubtful')}
        </p>
      )}
      {lacks && (
        <p className={styles.differs} role="alert">
          {t(`unnamedHint.${lacks}`)}
        </p>
      )}
      {study.differs.length > 0 && (
        <div className={styles.differs} role="alert">
          <p>
            {t('differs', { what: study.differs.map(({ field }) => t(`field.${field}`)).join(t('and')) })}
          </p>
          {study.differs.map(({ field, values }) => (
            <p key={field}>
              {t(`field.${field}`)}
              {t('colon')}
              {values.map((value) => wordOf(field, value) || t('noValue')).join(' / ')}
            </p>
          ))}
        </div>
      )}
      {progress && <How study={study} progress={progress} />}
    </li>
  );
}

function How({ study, progress }: { study: Study; progress: Progress }) {
  const { t } = useTranslation('upload');
  const under = progress.state === 'sending' || progress.state === 'paused';
  const bad = progress.state === 'stopped' || progress.problems.length > 0;
  const ended = progress.state === 'done';
  const count = study.pieces.length + study.unfit.length;
  return (
    <div className={styles.how}>
      <div className={styles.line}>
        <span className={styles.state}>
          <Tag
            band={progress.state === 'waiting' || progress.state === 'paused' ? 'grey' : bad ? 'red' : 'blue'}
          >
            {t(`state.${outcome(progress)}`)}
          </Tag>
        </span>
        <progress
          className={bad ? styles.barBad : styles.bar}
          max={study.bytes}
          value={ended ? progress.taken : progress.bytes}
        />
        <span className={styles.count}>
          {t('progress', { done: ended ? delivered(progress) : progress.files, count })}
          {under && ` · ${sizeWords(progress.bytes)} / ${sizeWords(study.bytes)}`}
        </span>
        {ended && delivered(progress) > 0 && (
          <span>
            {t(progress.agreed && progress.problems.length === 0 ? 'agreed' : 'received', {
              count: delivered(progress),
            })}
          </span>
        )}
        {progress.studyId && !under && <Link to={`/studies/${progress.studyId}`}>{t('open')}</Link>}
        {hasApart(progress) && !under && <Apart uid={study.uid} />}
      </div>
      {progress.trouble && (
        <p className={styles.warn} role="status">
          {progress.trouble.code === 'network.unreachable'
            ? t('lineDown')
            : `${problemText(progress.trouble)} ${progress.trouble.passing ? t('again') : ''}`}
        </p>
      )}
      {progress.problems.length > 0 && (
        <ul className={styles.problems}>
          {progress.problems.slice(0, 100).map((problem) => (
            <li key={problem.path}>
              <span className={styles.path}>{problem.path}</span>
              <span>
                {t([`why.${problem.code.replaceAll('.', '_')}`, 'why.other'], { code: problem.code })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Where one decides about what is kept apart, or who does. */
function Apart({ uid }: { uid: string }) {
  const { t } = useTranslation('upload');
  const decides = useSession(({ me }) => me?.roles.some(({ role }) => DECIDING.has(role)) ?? false);
  return decides ? (
    <Link to={`/arrivals?find=${encodeURIComponent(uid)}`}>{t('openApart')}</Link>
  ) : (
    <span>{t('apartHint')}</span>
  );
}
