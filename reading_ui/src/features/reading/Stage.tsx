import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { PANES, type Viewer } from '@/viewer';
import { dropInto, mayDrop } from './drag';
import styles from './overlay.module.css';
import { PaneOverlay } from './PaneOverlay';
import page from './reading.module.css';
import { useReadable } from './useReadable';

interface Props {
  host: React.RefObject<HTMLDivElement | null>;
  viewer: Viewer | null;
  study: StudyView;
  /** A layer of somebody else's over the pictures. */
  above?: ReactNode;
}

/** The pictures: Cornerstone draws into the host, React writes on the layer above it. */
export function Stage({ host, viewer, study, above }: Props) {
  const { t } = useTranslation('reading');
  return (
    <section
      className={page.stage}
      aria-label={t('stage')}
      onDragOver={mayDrop}
      onDrop={(event) => viewer && dropInto(viewer, event)}
    >
      <div ref={host} className={page.host} />
      {viewer && <Layer viewer={viewer} study={study} />}
      {above}
    </section>
  );
}

function Layer({ viewer, study }: { viewer: Viewer; study: StudyView }) {
  const panes = useReadable(viewer.state, (state) => state.panes);
  const layout = useReadable(viewer.state, (state) => state.layout);
  const active = useReadable(viewer.state, (state) => state.active);
  const { columns, rows } = PANES[layout];
  return (
    <div
      className={styles.layer}
      data-single={panes.length === 1}
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
      }}
    >
      {panes.map((view) => (
        <PaneOverlay
          key={view.id}
          view={view}
          stack={viewer.stacks.find((stack) => stack.id === view.stackId)}
          study={study}
          viewer={viewer}
          active={view.id === active}
        />
      ))}
    </div>
  );
}
