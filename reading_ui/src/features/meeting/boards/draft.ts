import { type Board, type NewBoard, specialties } from '../types';

/** A board while it is written: people with what they stand for; the specialties follow from them. */
export interface BoardDraft {
  name: string;
  members: Record<string, string>;
  chair: string;
  must: string[];
  least: number;
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
export const specialtiesOf = ({ members }: Pick<BoardDraft, 'members'>): string[] => {
  const used = new Set(Object.values(members));
  return specialties.filter((code) => used.has(code));
};

/** Adds or changes somebody, or takes them out with `null`; the chair and what must be there stay true. */
export function withMember(draft: BoardDraft, person: string, specialty: string | null): BoardDraft {
  const { [person]: _, ...others } = draft.members;
  const members = specialty === null ? others : { ...draft.members, [person]: specialty };
  const used = specialtiesOf({ members });
  const chair = draft.chair in members ? draft.chair : (Object.keys(members)[0] ?? '');
  const least = Math.max(2, Math.min(draft.least, used.length));
  return { ...draft, members, chair, least, must: draft.must.filter((code) => used.includes(code)) };
}

/** Whether the server would take it: a name, two specialties at least, a chair among the members. */
export const holds = (draft: BoardDraft): boolean =>
  draft.name.trim() !== '' &&
  specialtiesOf(draft).length >= 2 &&
  draft.chair in draft.members &&
  draft.least >= Math.max(2, draft.must.length) &&
  draft.least <= specialtiesOf(draft).length &&
  draft.at !== '';

export const bodyOf = (draft: BoardDraft): Omit<NewBoard, 'site_id'> => ({
  name: draft.name.trim(),
  specialties: specialtiesOf(draft),
  quorum: { must: draft.must, least: draft.least },
  cadence: {
    every: draft.every,
    weekday: draft.weekday,
    at: draft.at,
    week: draft.week,
    anchor: draft.anchor,
  },
  minutes: draft.minutes,
  chair_id: draft.chair,
  members: Object.entries(draft.members).map(([person_id, specialty]) => ({ person_id, specialty })),
});
