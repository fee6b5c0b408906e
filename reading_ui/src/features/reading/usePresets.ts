import { type Preset, presetsFor, type Viewer } from '@/viewer';
import { useReadable } from './useReadable';

/** The windows that the picture in hand may be given; none while there is no picture, or a coloured one. */
export const usePresets = (viewer: Viewer): readonly Preset[] =>
  useReadable(viewer.state, ({ panes, active }) => {
    const pane = panes.find((found) => found.id === active);
    return pane?.header ? presetsFor(pane.header.modality, pane.colour) : NONE;
  });

const NONE: readonly Preset[] = [];
