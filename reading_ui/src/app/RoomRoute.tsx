import { active } from '@/features/auth';
import { RoomOpinion } from '@/features/consult';
import { RoomAgenda, RoomConclusion } from '@/features/meeting';
import { ImageStage, ViewTools } from '@/features/reading';
import { RoomPage, type RoomSlots } from '@/features/room';

const slots: RoomSlots = {
  onPresence: () => active(),
  stage: (slot) => <ImageStage key={slot.studyId} {...slot} />,
  tools: (slot) => <ViewTools {...slot} />,
  opinion: ({ room, wanted }) =>
    room.kind === 'consultation' ? (
      <RoomOpinion consultationId={room.subject_id} />
    ) : (
      <RoomConclusion meetingId={room.subject_id} asked={wanted} />
    ),
  agenda: ({ room, onShow }) =>
    room.kind === 'meeting' ? (
      <RoomAgenda meetingId={room.subject_id} roomId={room.id} onShow={onShow} />
    ) : null,
};

/** People, words and the images they share: the application seats them, they do not know each other. */
export function RoomRoute() {
  return <RoomPage slots={slots} />;
}
