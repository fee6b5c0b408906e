import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Sheet } from '@/ui/Sheet';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { Chooser } from './Chooser';
import { Confirm } from './Confirm';
import * as calls from './calls';
import { Gateways } from './Gateways';
import { remember, remembered } from './memory';
import styles from './upload.module.css';
import { choose, useUpload, watch } from './useUpload';

/** For hospitals without a PACS: choose a folder, see whose studies lie in it, confirm, send. */
export function UploadPage() {
  const { t } = useTranslation('upload');
  const sites = useQuery({ queryKey: ['upload-sites'], queryFn: calls.uploadSites });
  const upload = useUpload();
  const [last, setLast] = useState(remembered);
  useTitle(t('title'));
  useEffect(watch, []);
  return (
    <Sheet title={t('title')} hint={t('hint')}>
      {sites.isPending && <SkeletonRows />}
      {sites.isError && <Trouble error={sites.error} onRetry={() => void sites.refetch()} />}
      {sites.isSuccess && !upload.looked && (
        <Chooser
          reading={upload.reading}
          last={last}
          onFiles={(files) => void choose(files)}
          onForget={() => {
            remember(null);
            setLast(null);
          }}
        />
      )}
      {sites.isSuccess && upload.looked && (
        <Confirm sites={sites.data.items} looked={upload.looked} last={last} upload={upload} />
      )}
      <div className={styles.below}>
        <Gateways />
      </div>
    </Sheet>
  );
}
