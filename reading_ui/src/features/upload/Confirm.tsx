import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Empty } from '@/ui/States';
import type { UploadSite } from './calls';
import { ends, worstFirst } from './ending';
import type { Unfinished } from './memory';
import { StudyRow } from './StudyRow';
import { Summary } from './Summary';
import { type Looked, unsuspicious } from './studies';
import { Unfits } from './Unfits';
import styles from './upload.module.css';
import { forget, pause, send, type Upload } from './useUpload';

interface Props {
  sites: UploadSite[];
  looked: Looked;
  last: Unfinished | null;
  upload: Upload;
}

/** Whose studies these are, for which hospital, how urgent: nothing is sent before somebody has said that it is right. */
export function Confirm({ sites, looked, last, upload }: Props) {
  const { t } = useTranslation('upload');
  const lastSite = sites.find((site) => site.id === last?.siteId);
  const [siteId, setSite] = useState(
    upload.said?.siteId ?? lastSite?.id ?? (sites.length === 1 ? (sites[0]?.id ?? '') : ''),
  );
  const [stat, setStat] = useState(upload.said?.stat ?? last?.stat ?? false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => upload.said?.chosen ?? new Set(looked.studies.filter(unsuspicious).map(({ uid }) => uid)),
  );
  const { progress, running } = upload;
  const begun = Object.keys(progress).length > 0;
  const ended = running ? null : ends(progress);
  const studies = ended ? worstFirst(looked.studies, progress) : looked.studies;
  const left = looked.studies.filter(
    (study) => chosen.has(study.uid) && progress[study.uid]?.state !== 'done',
  );
  const unsent = left.some(({ uid }) => !(uid in progress));
  const toggle = (uid: string) => {
    const next = new Set(chosen);
    if (!next.delete(uid)) next.add(uid);
    setChosen(next);
  };
  if (looked.studies.length === 0)
    return (
      <>
        <Empty icon="alarm" title={t('nothing')}>
          <p className={styles.hint}>{t('nothingHint')}</p>
          <Button tone="next" onClick={forget}>
            {t('otherFolder')}
          </Button>
        </Empty>
        <Unfits unfit={looked.unfit} />
      </>
    );
  return (
    <>
      <div className={styles.choices}>
        <label className={styles.choice}>
          {t('site')}
          <select value={siteId} disabled={begun} onChange={(event) => setSite(event.target.value)}>
            {sites.length !== 1 && <option value="">{t('chooseSite')}</option>}
            {sites.map((site) => (
              <option key={site.id} value={site.id}>
                {site.name}
              </option>
            ))}
          </select>
        </label>
        <label className={styles.choice}>
          <input
            type="checkbox"
            checked={stat}
            disabled={begun}
            onChange={(event) => setStat(event.target.checked)}
          />
          <span className={stat ? styles.stat : undefined}>{t('stat')}</span>
        </label>
        <span className={styles.fill} />
        {running ? (
          <Button icon="pause" onClick={pause}>
            {t('pause')}
          </Button>
        ) : (
          <>
            <Button tone={left.length === 0 ? 'plain' : 'bare'} onClick={forget}>
              {t('other')}
            </Button>
            {left.length > 0 && (
              <Button tone="next" disabled={!siteId} onClick={() => void send({ chosen, siteId, stat })}>
                {unsent ? t('send', { n: left.length }) : t('goOn')}
              </Button>
            )}
          </>
        )}
      </div>
      {running && <p className={styles.meanwhile}>{t('meanwhile')}</p>}
      {ended && <Summary looked={looked} counts={ended} />}
      <ul className={styles.list} aria-label={t('studies')}>
        {studies.map((study) => (
          <StudyRow
            key={study.uid}
            study={study}
            progress={progress[study.uid] ?? null}
            chosen={chosen.has(study.uid)}
            fixed={running || study.uid in progress}
            onToggle={() => toggle(study.uid)}
          />
        ))}
      </ul>
      <Unfits unfit={looked.unfit} />
    </>
  );
}
