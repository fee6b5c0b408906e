import type { TFunction } from 'i18next';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Manifest, type MeasureWords, openViewer, type RenderPath, type Viewer } from '@/viewer';

/** Support may force a path on a machine whose graphics driver misbehaves: `cpu` or `gpu` in the local storage. */
const PATH_KEY = 'teleconsult.viewer.path';

function wishedPath(): 'auto' | RenderPath {
  const wish = localStorage.getItem(PATH_KEY);
  return wish === 'cpu' || wish === 'gpu' ? wish : 'auto';
}

const SOURCES = ['tomographic', 'calibrated', 'detector', 'stated', 'region', 'pixel'] as const;

function measureWords(t: TFunction<'viewer'>): MeasureWords {
  const [tomographic, calibrated, detector, stated, region, pixel] = SOURCES.map((name) =>
    t(`source.${name}`),
  );
  return {
    source: {
      tomographic: tomographic ?? '',
      calibrated: calibrated ?? '',
      detector: detector ?? '',
      stated: stated ?? '',
      region: region ?? '',
      pixel: pixel ?? '',
    },
    pixels: t('measure.pixels'),
    mean: t('measure.mean'),
    deviation: t('measure.deviation'),
    minimum: t('measure.minimum'),
    maximum: t('measure.maximum'),
    area: t('measure.area'),
  };
}

export interface OpenedViewer {
  host: React.RefObject<HTMLDivElement | null>;
  viewer: Viewer | null;
  words: MeasureWords;
}

/** Opens one viewer for a manifest and closes it with the page. The viewer itself is never React state in parts. */
export function useViewer(manifest: Manifest): OpenedViewer {
  const { t } = useTranslation('viewer');
  const host = useRef<HTMLDivElement>(null);
  const [viewer, setViewer] = useState<Viewer | null>(null);
  const words = useMemo(() => measureWords(t), [t]);
  const first = useRef(words);
  useEffect(() => {
    if (!host.current) return;
    const opened = openViewer(host.current, { manifest, words: first.current, path: wishedPath() });
    const start = opened.stacks[0];
    if (start) opened.show(start.id);
    setViewer(opened);
    return () => {
      setViewer(null);
      opened.close();
    };
  }, [manifest]);
  useEffect(() => {
    first.current = words;
    viewer?.speak(words);
  }, [viewer, words]);
  return { host, viewer, words };
}
