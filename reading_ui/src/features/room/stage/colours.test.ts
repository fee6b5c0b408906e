import { describe, expect, it } from 'vitest';
import { colourOf } from './colours';

describe('colours of the people in a room', () => {
  const seats = ['c', 'a', 'f', 'b', 'e', 'd'].map((id) => ({ id, person_id: `person ${id}` }));

  it('differ from each other, in whatever order the seats are told', () => {
    const of = (told: typeof seats) => seats.map((seat) => colourOf(seat.person_id, told));
    expect(new Set(of(seats)).size).toBe(6);
    expect(of([...seats].reverse())).toEqual(of(seats));
  });

  it('stay when somebody comes later', () => {
    const before = colourOf('person b', seats);
    expect(colourOf('person b', [...seats, { id: 'g', person_id: 'person g' }])).toBe(before);
  });
});
