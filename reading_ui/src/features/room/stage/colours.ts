/** All are readable on black and on grey. */
const COLOURS = ['#44d6c4', '#ffd640', '#ff9d5c', '#8ecbff', '#f59ae6', '#b6e34f'] as const;

interface Seated {
  id: string;
  person_id: string;
}

/** Each person draws, points and writes in a colour of their own, the same on every screen: by the order in which the seats were made. */
export function colourOf(personId: string, seats: readonly Seated[]): string {
  const people = [...seats].sort((a, b) => (a.id < b.id ? -1 : 1)).map((seat) => seat.person_id);
  return COLOURS[Math.max(people.indexOf(personId), 0) % COLOURS.length] ?? COLOURS[0];
}
