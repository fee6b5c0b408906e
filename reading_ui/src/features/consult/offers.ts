import type { Consultation } from './types';

/** Buttons of a consultation, in their order. `arrange` is the choice of an expert and a time; opinion and feedback have cards of their own. */
export const actions = [
  'enter',
  'confirm',
  'accept',
  'supplement',
  'arrange',
  'start',
  'close',
  'ask_supplement',
  'route',
  'decline_time',
  'reject',
  'cancel',
] as const;
export type Action = (typeof actions)[number];
/** Those that need more than a press. */
export type Form = Extract<
  Action,
  'arrange' | 'supplement' | 'route' | 'ask_supplement' | 'decline_time' | 'reject' | 'cancel'
>;

type Seen = Pick<Consultation, 'verbs' | 'state' | 'room_id'>;

/** What the server offers, as buttons. */
export function actionsOf({ verbs, state, room_id: room }: Seen): Action[] {
  return actions.filter((action) => {
    if (action === 'enter')
      return room !== null && (state === 'scheduled' || state === 'in_session' || state === 'opinion');
    if (action === 'arrange') return verbs.includes('schedule') || verbs.includes('assign');
    return verbs.includes(action);
  });
}

/** The one thing to do next, if it is this person's turn. */
export function nextOf(view: Seen): Action | null {
  const offered = actionsOf(view);
  const wanted: Action[] = ['confirm', 'accept', 'supplement', 'close'];
  // A coordinator may look in; who asks and who answers have to be there.
  if (view.state === 'in_session' || (view.state === 'scheduled' && view.verbs.includes('decline_time')))
    wanted.push('enter');
  if (view.state === 'accepted') wanted.push('arrange');
  return wanted.find((action) => offered.includes(action)) ?? null;
}
