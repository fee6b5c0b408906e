import { useTranslation } from 'react-i18next';
import type { RoomMark, RoomSeat } from '@/api/rooms';
import { PANES, type PaneView, toScreen, type Viewer } from '@/viewer';
import { colourOf } from './colours';
import type { Spot } from './drawing';
import styles from './layer.module.css';
import { type Drawn, Shape } from './Shapes';
import type { Pointer } from './usePointers';
import { useViewerState } from './useViewerState';

/** What is being drawn here, on which picture. */
export interface Draft extends Drawn {
  paneId: string;
}

interface Props {
  viewer: Viewer;
  studyId: string;
  marks: readonly RoomMark[];
  pointers: readonly Pointer[];
  seats: readonly RoomSeat[];
  draft: Draft | null;
  mine: string;
  onErase: ((id: string) => void) | null;
}

/** Marks and fingers over the pictures, on every pane that shows the picture they belong to. */
export function Layer(props: Props) {
  const panes = useViewerState(props.viewer.state, (state) => state.panes);
  const layout = useViewerState(props.viewer.state, (state) => state.layout);
  const { columns, rows } = PANES[layout];
  return (
    <div
      className={styles.layer}
      data-testid="marks"
      style={{
        gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
        gridTemplateRows: `repeat(${rows}, minmax(0, 1fr))`,
      }}
    >
      {panes.map((view) => (
        <PaneLayer key={view.id} view={view} {...props} />
      ))}
    </div>
  );
}

function PaneLayer({
  view,
  viewer,
  studyId,
  marks,
  pointers,
  seats,
  draft,
  mine,
  onErase,
}: Props & { view: PaneView }) {
  const { t } = useTranslation('room');
  const stack = viewer.stacks.find((found) => found.id === view.stackId);
  const ref = stack?.frames[view.index];
  const affine = view.phase === 'shown' ? viewer.shared.affine(view.id) : null;
  if (!ref || !affine) return <svg aria-hidden="true" />;
  const here = (one: { study_id: string; sop_uid: string; frame: number }) =>
    one.study_id === studyId && one.sop_uid === ref.sopUid && one.frame === ref.frame;
  const unit = (value: string, pixel: boolean) => t(pixel ? 'mark.pixels' : 'mark.millimetres', { value });
  const common = { affine, view, unit };
  return (
    <svg role="img" aria-label={t('mark.label')}>
      {marks.filter(here).map((mark) => (
        <Shape
          key={mark.id}
          {...common}
          mark={mark}
          colour={colourOf(mark.by_id, seats)}
          by={mark.by_name}
          onPress={onErase ? () => onErase(mark.id) : undefined}
        />
      ))}
      {draft?.paneId === view.id && <Shape {...common} mark={draft} colour={colourOf(mine, seats)} draft />}
      {pointers.filter(here).map((pointer) => (
        <Finger
          key={pointer.seat}
          at={toScreen(affine, pointer.point)}
          seat={seats.find((one) => one.id === pointer.seat)}
          seats={seats}
        />
      ))}
    </svg>
  );
}

interface FingerProps {
  at: Spot;
  seat: RoomSeat | undefined;
  seats: readonly RoomSeat[];
}

function Finger({ at: [x, y], seat, seats }: FingerProps) {
  if (!seat) return null;
  return (
    <g
      className={styles.finger}
      style={{ color: colourOf(seat.person_id, seats) }}
      transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
      data-pointer={seat.id}
    >
      <path d="M0 0v17l4.600-4.200 3 6.600 2.800-1.300-3-6.400H13Z" />
      <text x={13} y={24}>
        {seat.name}
      </text>
    </g>
  );
}
