import { describe, expect, it } from 'vitest';
import { bodyOf, draftOf, holds, seatsAll, specialtiesOf, withMember } from './draft';

const two = () => {
  const one = withMember({ ...draftOf(), name: '胸部 MDT' }, 'a', 'oncology');
  return withMember(one, 'b', 'radiology');
};

describe('a board while it is written', () => {
  it('takes its specialties from its people, in their usual order', () => {
    expect(specialtiesOf(two())).toEqual(['radiology', 'oncology']);
    expect(bodyOf(two()).specialties).toEqual(['radiology', 'oncology']);
  });

  it('has the first member as chair until another is chosen', () => {
    expect(two().chair).toBe('a');
    expect(withMember(two(), 'a', null).chair).toBe('b');
  });

  it('asks for no specialty that nobody stands for', () => {
    const asked = { ...two(), must: ['oncology'] };
    expect(withMember(asked, 'a', null).must).toEqual([]);
  });

  it('holds with a name, two specialties and a quorum that can be met', () => {
    expect(holds(two())).toBe(true);
    expect(holds({ ...two(), name: ' ' })).toBe(false);
    expect(holds({ ...two(), least: 3 })).toBe(false);
    expect(holds(withMember(two(), 'b', null))).toBe(false);
  });

  it("keeps a meeting's specialties seated and lets nobody sit for another", () => {
    const asked = ['radiology', 'oncology'];
    expect(seatsAll(two(), asked)).toBe(true);
    expect(seatsAll(withMember(two(), 'b', null), asked)).toBe(false);
    expect(seatsAll(withMember(two(), 'c', 'pathology'), asked)).toBe(false);
    expect(seatsAll(withMember(two(), 'c', 'oncology'), asked)).toBe(true);
  });
});
