import { type DragEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Icon } from '@/ui/icons';
import { type AttachmentKind, attachmentKinds } from '../types';
import styles from './Side.module.css';
import { useUploads } from './useUploads';

/** Files are dropped here or chosen; each goes up at once and says how it went. */
export function DropZone({ caseId }: { caseId: string }) {
  const { t } = useTranslation('cases');
  const id = useId();
  const [over, setOver] = useState(false);
  const [kind, setKind] = useState<AttachmentKind | ''>('');
  const { uploads, send, forget } = useUploads(caseId);
  const hover = (event: DragEvent, inside: boolean) => {
    event.preventDefault();
    setOver(inside);
  };
  const drop = (event: DragEvent) => {
    hover(event, false);
    send([...event.dataTransfer.files], kind);
  };
  return (
    <div className={styles.dropping}>
      <label
        htmlFor={id}
        className={cx(styles.drop, over && styles.over)}
        data-testid="drop"
        onDragOver={(event) => hover(event, true)}
        onDragLeave={(event) => hover(event, false)}
        onDrop={drop}
      >
        <Icon name="plus" />
        <span>{t('attachment.drop')}</span>
        <input
          id={id}
          type="file"
          multiple
          className="sr-only"
          onChange={(event) => {
            send([...(event.target.files ?? [])], kind);
            event.target.value = '';
          }}
        />
      </label>
      <select
        value={kind}
        aria-label={t('attachment.what')}
        onChange={(event) => setKind(event.target.value as AttachmentKind | '')}
      >
        <option value="">{t('attachment.guess')}</option>
        {attachmentKinds.map((one) => (
          <option key={one} value={one}>
            {t(`attachment.kind.${one}`)}
          </option>
        ))}
      </select>
      <ul aria-live="polite">
        {uploads.map((one) => (
          <li key={one.key} className={styles.upload} data-problem={one.problem ? '' : undefined}>
            <span>{one.name}</span>
            <span>{one.problem ?? t('attachment.sending')}</span>
            {one.problem && (
              <button type="button" className={styles.opener} onClick={() => forget(one.key)}>
                {t('ui:close')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
