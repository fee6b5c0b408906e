import { type DragEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { chosenFiles, droppedFiles } from './dropped';
import type { Unfinished } from './memory';
import type { Found } from './studies';
import styles from './upload.module.css';
import type { Reading } from './useUpload';

interface Props {
  reading: Reading | null;
  last: Unfinished | null;
  onFiles: (files: Found[]) => void;
  onForget: () => void;
}

/** Where a folder is dropped or chosen; after a reload it asks for the same one again. */
export function Chooser({ reading, last, onFiles, onForget }: Props) {
  const { t } = useTranslation('upload');
  const [over, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer.items).then(onFiles);
  };
  return (
    <>
      {last && !reading && (
        <div className={styles.resume} role="status">
          <Icon name="clock" />
          <span>
            {t('resume', {
              folder: last.folder,
              n: last.studies.length,
              files: last.studies.reduce((sum, study) => sum + study.files, 0),
            })}
          </span>
          <Button tone="next" onClick={() => folder.current?.click()}>
            {t('chooseAgain')}
          </Button>
          <Button tone="bare" onClick={onForget}>
            {t('forget')}
          </Button>
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way; the buttons inside are everybody's */}
      <div
        className={cx(styles.drop, over && styles.over)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {reading ? (
          <p role="status">
            {t('reading', { done: reading.done, all: reading.all })}
            <progress className={styles.bar} max={reading.all} value={reading.done} />
          </p>
        ) : (
          <>
            <p className={styles.big}>{t('drop')}</p>
            <p className={styles.dim}>{t('dropHint')}</p>
            <div className={styles.tools}>
              <Button tone={last ? 'plain' : 'next'} icon="plus" onClick={() => folder.current?.click()}>
                {t('chooseFolder')}
              </Button>
              <Button onClick={() => files.current?.click()}>{t('chooseFiles')}</Button>
            </div>
          </>
        )}
        <input
          ref={(input) => {
            folder.current = input;
            input?.setAttribute('webkitdirectory', '');
          }}
          type="file"
          multiple
          className="sr-only"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => onFiles(chosenFiles(event.target.files))}
        />
        <input
          ref={files}
          type="file"
          multiple
          className="sr-only"
          tabIndex={-1}
          aria-hidden="true"
          onChange={(event) => onFiles(chosenFiles(event.target.files))}
        />
      </div>
    </>
  );
}
