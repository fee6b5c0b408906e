import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { SkeletonRows, Trouble } from '@/ui/States';
import type { Manifest, Viewer } from '@/viewer';
import styles from './reading.module.css';
import { SeriesStrip } from './SeriesStrip';
import { Stage } from './Stage';
import { useManifest, useStudy } from './useStudy';
import { useViewer } from './useViewer';

/** A study's pictures with their series, for whatever room of the application wants them. */
export interface ImageStageProps {
  studyId: string;
  /** The viewer while it is open, null before and after. */
  onViewer: (viewer: Viewer | null) => void;
  /** Lies over the pictures and under the mouse. */
  above?: ReactNode;
}

export function ImageStage({ studyId, onViewer, above }: ImageStageProps) {
  const { t } = useTranslation('reading');
  const study = useStudy(studyId);
  const manifest = useManifest(studyId, study.data?.manifest_url || null);
  if (study.isError) return <Trouble error={study.error} onRetry={() => void study.refetch()} />;
  if (study.data && manifest.manifest) {
    return (
      <Opened
        key={manifest.manifest.version}
        study={study.data}
        manifest={manifest.manifest}
        onViewer={onViewer}
        above={above}
      />
    );
  }
  if (study.data && manifest.preparing) return <p className={styles.preparing}>{t('preparing')}</p>;
  if (manifest.error) return <Trouble error={manifest.error} onRetry={manifest.retry} />;
  return <SkeletonRows rows={10} />;
}

interface OpenedProps extends Omit<ImageStageProps, 'studyId'> {
  study: StudyView;
  manifest: Manifest;
}

function Opened({ study, manifest, onViewer, above }: OpenedProps) {
  const { host, viewer } = useViewer(manifest);
  useEffect(() => {
    onViewer(viewer);
    return () => onViewer(null);
  }, [viewer, onViewer]);
  return (
    <div className={styles.work}>
      {viewer && <SeriesStrip viewer={viewer} />}
      <Stage host={host} viewer={viewer} study={study} above={above} />
    </div>
  );
}
