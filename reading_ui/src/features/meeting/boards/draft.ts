import { type Board, type Meeting, type NewBoard, specialties } from '../types';

/** Who takes part and what makes a quorum, while it is written: people with what they stand for; the specialties follow from them. */
export interface PanelDraft {
  members: Record<string, string>;
  chair: string;
  must: string[];
  least: number;
}

/** A board while it is written. */
export interface BoardDraft extends PanelDraft {
  name: string;
  every: string;
  weekday: number;
  week: number;
  at: string;
  anchor: string | null;
  minutes: number;
  active: boolean;
}

export const draftOf = (board?: Board): BoardDraft => ({
  name: board?.name ?? '',
  members: Object.fromEntries(board?.members.map(({ person, specialty }) => [person.id, specialty]) ?? []),
  chair: board?.chair.id ?? '',
  must: board?.quorum.must ?? [],
  least: board?.quorum.least ?? 2,
  every: board?.cadence.every ?? 'weekly',
  weekday: board?.cadence.weekday ?? 2,
  week: board?.cadence.week ?? 1,
  at: board?.cadence.at ?? '15:00',
  anchor: board?.cadence.anchor ?? null,
  minutes: board?.minutes ?? 90,
  active: board?.active ?? true,
});

/** The specialties in the order in which hospitals name them. */
export const specialtiesOf = ({ members }: Pick<PanelDraft, 'members'>): string[] => {
  const used = new Set(Object.values(members));
  return specialties.filter((code) => used.has(code));
};

/** Adds or changes somebody, or takes them out with `null`; the chair and what must be there stay true. */
export function withMember<Draft extends PanelDraft>(
  draft: Draft,
  person: string,
  specialty: string | null,
): Draft {
  const { [person]: _, ...others } = draft.members;
  const members = specialty === null ? others : { ...draft.members, [person]: specialty };
  const used = specialtiesOf({ members });
  const chair = draft.chair in members ? draft.chair : (Object.keys(members)[0] ?? '');
  const least = Math.max(2, Math.min(draft.least, used.length));
  return { ...draft, members, chair, least, must: draft.must.filter((code) => used.includes(code)) };
}

/** Two specialties at least, a chair among the members, a quorum that can be met. */
export const seated = (draft: PanelDraft): boolean =>
  specialtiesOf(draft).length >= 2 &&
  draft.chair in draft.members &&
  draft.least >= Math.max(2, draft.must.length) &&
  draft.least <= specialtiesOf(draft).length;

/** Whether the server would take it. */
export const holds = (draft: BoardDraft): boolean =>
  draft.name.trim() !== '' && seated(draft) && draft.at !== '';

export const panelOf = (draft: PanelDraft) => ({
  specialties: specialtiesOf(draft),
  quorum: { must: draft.must, least: draft.least },
  chair_id: draft.chair,
  members: Object.entries(draft.members).map(([person_id, specialty]) => ({ person_id, specialty })),
});

/** A meeting's people as they are now. */
export const panelDraft = (meeting: Pick<Meeting, 'members' | 'chair' | 'quorum_rule'>): PanelDraft => ({
  members: Object.fromEntries(meeting.members.map(({ person, specialty }) => [person.id, specialty])),
  chair: meeting.chair.id,
  must: meeting.quorum_rule.must,
  least: meeting.quorum_rule.least,
});

/** Whether the meeting's own specialties are all seated and nobody sits for another one. */
export const seatsAll = (draft: PanelDraft, asked: readonly string[]): boolean =>
  asked.every((code) => Object.values(draft.members).includes(code)) &&
  Object.values(draft.members).every((code) => asked.includes(code)) &&
  draft.chair in draft.members;

export const bodyOf = (draft: BoardDraft): Omit<NewBoard, 'site_id'> => ({
  ...panelOf(draft),
  name: draft.name.trim(),
  cadence: {
    every: draft.every,
    weekday: draft.weekday,
    at: draft.at,
    week: draft.week,
    anchor: draft.anchor,
  },
  minutes: draft.minutes,
});
