import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as rooms from '@/api/rooms';
import { useSession } from '@/api/session';
import type { Scope } from '@/lib/keymap';
import { useActiveScopes, useKeys } from '@/lib/keys';
import type { MediaClient } from '@/live/rtc';
import { HelpSheet } from '@/ui/HelpSheet';
import type { PicturePoint } from '@/viewer';
import { ConsentDialog } from './ConsentDialog';
import { Controls } from './Controls';
import { DeviceDialog } from './DeviceDialog';
import { useDevicePrefs } from './devicePrefs';
import { FollowBar } from './FollowBar';
import { LeaveGuard } from './LeaveGuard';
import { useOwnDevices } from './Lobby';
import { MediaBanner } from './MediaBanner';
import { Chat } from './panel/Chat';
import { Materials } from './panel/Materials';
import { Members } from './panel/Members';
import { Panel, type Tab } from './panel/Panel';
import { cardsOf, standingOf, waitingOf } from './people';
import { RecordingNotice } from './RecordingNotice';
import { RoomHeader } from './RoomHeader';
import styles from './room.module.css';
import { ScreenView } from './ScreenView';
import { Seats } from './Seats';
import { SignedBanner } from './SignedBanner';
import type { RoomSlots } from './slots';
import type { Pen } from './stage/drawing';
import { SharedStage } from './stage/SharedStage';
import { usePointers } from './stage/usePointers';
import { useFollow } from './useFollow';
import { useLarge } from './useLarge';
import { useLine } from './useLine';
import { useMediaState } from './useMedia';
import { usePicture } from './usePicture';
import { usePresence } from './usePresence';
import { useRoomAct } from './useRoom';
import { useTyping } from './useTyping';
import { Voices } from './Voices';
import { WaitingBanner } from './WaitingBanner';

interface Props {
  room: rooms.RoomView;
  seatId: string;
  client: MediaClient;
  slots: RoomSlots;
  onLeave: () => void;
}

/** The room: people as a strip, the pictures large, words at the right, everything else on one bar. */
export function Room({ room, seatId, client, slots, onLeave }: Props) {
  const { t } = useTranslation('room');
  const act = useRoomAct(room.id);
  const personId = useSession((session) => session.me?.person.id ?? '');
  const { pointers, heard: heardPointer } = usePointers();
  const view = useRef<(body: unknown) => boolean>(() => false);
  const joinedView = useRef<(body: unknown) => void>(() => undefined);
  const typed = useRef<(seat: string) => void>(() => undefined);
  const happened = useRef<() => void>(() => undefined);
  const line = useLine(
    room.id,
    {
      joined: (body) => joinedView.current(body),
      whisper: (seat, kind, body) => {
        if (kind !== 'view' || view.current(body)) happened.current();
        if (kind === 'pointer') heardPointer(seat, body);
        else if (kind === 'typing') typed.current(seat);
      },
    },
    true,
  );
  const follow = useFollow(room, line);
  const { typingSeats, heard: heardTyping, typing } = useTyping(line, room.chat);
  view.current = follow.heard;
  joinedView.current = follow.joined;
  typed.current = heardTyping;

  const tiles = useMediaState(client, (state) => state.tiles);
  const speaking = useMediaState(client, (state) => state.speaking);
  const joined = useMediaState(client, (state) => state.phase === 'live');
  const cards = useMemo(() => cardsOf(room, { tiles, speaking, joined }), [room, tiles, speaking, joined]);
  const standing = standingOf(room);
  const [large, setLarge] = useLarge(cards);
  const lived = usePresence(client, cards.length - 1, room.version, slots.onPresence);
  happened.current = lived;
  const [pen, setPen] = useState<Pen>('look');
  const [pointing, setPointing] = useState<boolean | null>(null);
  const [devices, setDevices] = useState(false);
  const [pinned, setPinned] = useState<string | null>(null);
  const [wanted, setWanted] = useState<{ tab: Tab; item: string | null } | null>(null);
  const [sheet, setSheet] = useState<readonly Scope[] | null>(null);
  const scopes = useActiveScopes();
  const speaker = useDevicePrefs((prefs) => prefs.speaker);
  useOwnDevices(client);
  useEffect(() => client.enter(client.store.getState().mode), [client]);
  useKeys('room', [{ keys: '?', label: 'ui:help.show', run: () => setSheet(scopes) }]);

  const points = pointing ?? follow.presenter;
  const point = (at: PicturePoint | null) =>
    line?.say(
      'pointer',
      at && {
        study_id: follow.studyId,
        sop_uid: at.sop_uid,
        frame: at.frame,
        x: at.point[0],
        y: at.point[1],
      },
    );
  const draw = (mark: rooms.NewMark) => void act(() => rooms.drawMark(room.id, mark));
  const erase = (id: string) => void act(() => rooms.eraseMark(room.id, id));
  const mayErase = (mark: rooms.RoomMark) => mark.by_id === personId || standing.host || standing.presenter;
  const undo = () => {
    const last = room.marks.findLast((mark) => mark.by_id === personId);
    if (last) erase(last.id);
  };
  const goTo = usePicture(follow);
  const hand = (up: boolean) => void act(() => rooms.raiseHand(room.id, up));
  const give = (seat: string) => void act(() => rooms.givePresenter(room.id, seat));
  const waiting = waitingOf(room);
  const screen = cards.find((card) => card.seat.id === large && card.tile?.screen != null);
  const answered = room.recording.consented !== null || room.recording.state === 'off';
  const { viewer } = follow;
  return (
    <div className={styles.page} data-testid="room">
      <RoomHeader
        room={room}
        client={client}
        studyId={follow.studyId}
        onRecord={(on) => void act(() => rooms.record(room.id, on))}
        onRefuse={() => void act(() => rooms.consent(room.id, false))}
        onHelp={() => setSheet(scopes)}
        onLeave={onLeave}
      />
      <MediaBanner client={client} />
      <RecordingNotice room={room} />
      <SignedBanner room={room} onShow={(item) => setWanted({ tab: 'opinion', item })} />
      {standing.host && waiting.length > 0 && (
        <WaitingBanner seats={waiting} onLetIn={(seat) => void act(() => rooms.letIn(room.id, seat))} />
      )}
      <Voices client={client} speaker={speaker} />
      <div className={styles.work}>
        {slots.agenda?.({ room, seatId, host: standing.host, onShow: goTo })}
        <div className={styles.left}>
          <Seats
            cards={cards}
            client={client}
            onLarge={setLarge}
            pinned={pinned}
            onPin={(seat) => {
              setPinned(seat);
              client.pin(seat);
            }}
          />
          <FollowBar room={room} follow={follow} onTake={() => give(seatId)} onAsk={() => hand(true)} />
          <SharedStage
            room={room}
            follow={follow}
            pen={pen}
            pointing={points}
            pointers={pointers}
            personId={personId}
            stage={slots.stage}
            onPoint={point}
            onMark={draw}
            onErase={erase}
          >
            {screen && <ScreenView card={screen} client={client} onBack={() => setLarge(null)} />}
          </SharedStage>
        </div>
        <Panel
          room={room}
          wanted={wanted}
          tabs={{
            materials: (
              <Materials
                room={room}
                studyId={follow.studyId}
                mayErase={mayErase}
                onStudy={follow.openStudy}
                onMark={goTo}
                onErase={erase}
              />
            ),
            ...(slots.opinion && { opinion: slots.opinion({ room, seatId, host: standing.host, wanted }) }),
            chat: (
              <Chat
                room={room}
                typing={room.seats.filter((seat) => typingSeats.includes(seat.id)).map((seat) => seat.name)}
                onTyping={typing}
              />
            ),
            members: (
              <Members
                room={room}
                cards={cards}
                standing={standing}
                client={client}
                onLetIn={(seat) => void act(() => rooms.letIn(room.id, seat))}
                onRemove={(seat) => void act(() => rooms.removeSeat(room.id, seat))}
                onPresenter={give}
                onClose={() => void act(() => rooms.closeRoom(room.id))}
              />
            ),
          }}
        />
      </div>
      <Controls
        room={room}
        client={client}
        pen={pen}
        onPen={setPen}
        pointing={points}
        onPointing={(on) => {
          setPointing(on);
          if (!on) point(null);
        }}
        onHand={hand}
        onDevices={() => setDevices(true)}
        onUndo={undo}
        tools={
          viewer &&
          slots.tools({
            viewer,
            resting: pen !== 'look',
            onUse: () => {
              setPen('look');
              follow.hand();
            },
          })
        }
      />
      {devices && <DeviceDialog client={client} onClose={() => setDevices(false)} />}
      {!answered && (
        <ConsentDialog
          by={room.recording.started_by}
          onAnswer={(yes) => void act(() => rooms.consent(room.id, yes))}
        />
      )}
      {sheet && <HelpSheet scopes={sheet} onClose={() => setSheet(null)} />}
      <LeaveGuard onLeave={onLeave} />
      <span className="sr-only">{t('title')}</span>
    </div>
  );
}
