import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { useKeys } from '@/lib/keys';
import type { Label, MediaClient } from '@/live/rtc';
import { BarItem } from './BarItem';
import styles from './bar.module.css';
import type { RoomIconName } from './icons';
import { standingOf } from './people';
import type { Pen } from './stage/drawing';
import { useMediaState } from './useMedia';

interface Props {
  room: RoomView;
  client: MediaClient;
  pen: Pen;
  onPen: (pen: Pen) => void;
  pointing: boolean;
  onPointing: (on: boolean) => void;
  onHand: (up: boolean) => void;
  onDevices: () => void;
  onUndo: () => void;
  tools: ReactNode;
}

const PENS: ReadonlyArray<{ pen: Exclude<Pen, 'look' | 'pointer'>; keys: string }> = [
  { pen: 'arrow', keys: 'a' },
  { pen: 'length', keys: 'l' },
  { pen: 'ellipse', keys: 'e' },
  { pen: 'freehand', keys: 'd' },
  { pen: 'text', keys: 't' },
  { pen: 'erase', keys: 'Delete' },
];

/** The bar below the pictures: one's own devices, looking, pointing and marking. */
export function Controls(props: Props) {
  const { room, client, pen, onPen, pointing, onPointing, onHand, onDevices, onUndo, tools } = props;
  const { t } = useTranslation('room');
  const { handUp } = standingOf(room);
  const toggle = (next: Pen) => onPen(pen === next ? 'look' : next);
  useKeys('room', [
    ...PENS.map((one) => ({ keys: one.keys, label: `room:pen.${one.pen}`, run: () => toggle(one.pen) })),
    { keys: 'q', label: 'room:pen.pointer', run: () => onPointing(!pointing) },
    { keys: 'ctrl+z', label: 'room:pen.undo', run: onUndo },
    { keys: 'Escape', label: 'room:pen.look', run: () => onPen('look') },
    { keys: 'y', label: 'room:hand.raise', run: () => onHand(!handUp) },
  ]);
  return (
    <div className={styles.bar} role="toolbar" aria-label={t('controls')}>
      <div className={styles.group}>
        <Device client={client} label="mic" on="mic" off="micOff" keys="m" />
        <Device client={client} label="camera" on="camera" off="cameraOff" keys="c" />
        <Device client={client} label="screen" on="screen" off="screen" />
        <BarItem
          icon="hand"
          word={t(handUp ? 'hand.lower' : 'hand.raise')}
          keys="y"
          pressed={handUp}
          onPress={() => onHand(!handUp)}
        />
        <BarItem icon="gear" word={t('devices.short')} hint={t('devices.title')} onPress={onDevices} />
      </div>
      {tools}
      <div className={styles.group}>
        <BarItem
          icon="pointer"
          word={t('pen.pointer')}
          hint={t('pen.pointerWhy')}
          keys="q"
          pressed={pointing}
          onPress={() => onPointing(!pointing)}
        />
        {PENS.map((one) => (
          <BarItem
            key={one.pen}
            icon={one.pen}
            word={t(`pen.${one.pen}`)}
            hint={one.pen === 'erase' ? t('pen.eraseWhy') : undefined}
            keys={one.keys === 'Delete' ? 'Del' : one.keys}
            pressed={pen === one.pen}
            onPress={() => toggle(one.pen)}
          />
        ))}
      </div>
    </div>
  );
}

interface DeviceProps {
  client: MediaClient;
  label: Label;
  on: RoomIconName;
  off: RoomIconName;
  keys?: string;
}

function Device({ client, label, on, off, keys }: DeviceProps) {
  const { t } = useTranslation('room');
  const { state, why } = useMediaState(client, ({ own }) => own[label]);
  const mode = useMediaState(client, (media) => media.mode);
  const lit = state === 'on';
  const idle = mode === 'images' || (mode === 'audio' && label === 'camera');
  const flip = () => void client.switch(label, !lit);
  useKeys('room', keys ? [{ keys, label: `room:${label}.${lit ? 'turnOff' : 'turnOn'}`, run: flip }] : [], {
    enabled: !idle,
  });
  return (
    <BarItem
      icon={lit ? on : off}
      word={t(`${label}.${lit ? 'on' : 'off'}`)}
      hint={why ? t(`device.${label}.${why}`) : t(`${label}.${lit ? 'turnOff' : 'turnOn'}`)}
      keys={keys}
      pressed={lit}
      alarm={state === 'blocked'}
      busy={state === 'starting'}
      disabled={idle}
      onPress={flip}
    />
  );
}
