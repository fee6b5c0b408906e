import { useTranslation } from 'react-i18next';
import type { RoomMark, RoomView } from '@/api/rooms';
import { cx } from '@/lib/cx';
import { studyDay } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { StudyKnown } from '@/ui/StudyKnown';
import { Recordings } from '../Recordings';
import { colourOf } from '../stage/colours';
import styles from './panel.module.css';

interface Props {
  room: RoomView;
  studyId: string | null;
  mayErase: (mark: RoomMark) => boolean;
  onStudy: (studyId: string) => void;
  onMark: (mark: RoomMark) => void;
  onErase: (id: string) => void;
}

/** What the room is about: question, studies, papers, and the marks made so far. */
export function Materials({ room, studyId, mayErase, onStudy, onMark, onErase }: Props) {
  const { t } = useTranslation('room');
  return (
    <>
      {room.question && (
        <section className={styles.part}>
          <h3>{t('materials.question')}</h3>
          <p className={styles.text}>{room.question}</p>
        </section>
      )}
      {room.summary && (
        <section className={styles.part}>
          <h3>{t('materials.summary')}</h3>
          <p className={styles.text}>{room.summary}</p>
        </section>
      )}
      <section className={styles.part}>
        <h3>{t('materials.studies', { n: room.studies.length })}</h3>
        <ul className={styles.list}>
          {room.studies.map((study) => (
            <li key={study.study_id}>
              <button
                type="button"
                className={cx(styles.study, study.study_id === studyId && styles.chosen)}
                aria-pressed={study.study_id === studyId}
                onClick={() => onStudy(study.study_id)}
              >
                <span className={styles.thumb}>
                  {study.thumb ? <img src={study.thumb} alt="" /> : <Icon name="image" />}
                </span>
                <span className={styles.studyWords}>
                  {room.kind === 'meeting' && !room.patient && <b>{study.patient.name}</b>}
                  <b>{[study.modalities.join('/'), study.description].filter(Boolean).join(' ')}</b>
                  <span>{[studyDay(study.study_at), study.site_name].filter(Boolean).join(' · ')}</span>
                </span>
              </button>
              <StudyKnown studyId={study.study_id} />
            </li>
          ))}
        </ul>
      </section>
      {room.files.length > 0 && (
        <section className={styles.part}>
          <h3>{t('materials.files', { n: room.files.length })}</h3>
          <ul className={styles.list}>
            {room.files.map((file) => (
              <li key={file.id}>
                <a href={file.url} target="_blank" rel="noreferrer" className={styles.file}>
                  <Icon name="report" size={14} /> {file.name}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      {room.recordings.length > 0 && (
        <section className={styles.part}>
          <h3>{t('recordings.kept', { n: room.recordings.length })}</h3>
          <Recordings room={room} />
        </section>
      )}
      {room.marks.length > 0 && (
        <section className={styles.part}>
          <h3>{t('materials.marks', { n: room.marks.length })}</h3>
          <ul className={styles.list}>
            {room.marks.map((mark) => (
              <li key={mark.id} className={styles.markRow}>
                <button type="button" className={styles.mark} onClick={() => onMark(mark)}>
                  <i style={{ background: colourOf(mark.by_id, room.seats) }} />
                  {t(`pen.${mark.kind}`)} {mark.text}
                  <span>{mark.by_name}</span>
                </button>
                {mayErase(mark) && (
                  <Button
                    tone="bare"
                    icon="close"
                    aria-label={t('pen.erase')}
                    title={t('pen.erase')}
                    onClick={() => onErase(mark.id)}
                  />
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
