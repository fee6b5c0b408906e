import { describe, expect, it } from 'vitest';
import { fitting } from './RowMarksRoom';

const three = { name: 70, spare: 120, marks: [110, 90, 100] };

describe('the room in a row', () => {
  it('is enough for all where the line is wide', () => {
    expect(fitting({ ...three, width: 522 })).toEqual({ shown: 3, spare: true });
  });

  it('is taken from the number of images first: all of it stands, or none', () => {
    expect(fitting({ ...three, width: 521 })).toEqual({ shown: 3, spare: false });
    expect(fitting({ ...three, width: 394 })).toEqual({ shown: 3, spare: false });
  });

  it('is kept for the name, and for the count of the marks that have none', () => {
    expect(fitting({ ...three, width: 393 })).toEqual({ shown: 2, spare: false });
    expect(fitting({ ...three, width: 326 })).toEqual({ shown: 2, spare: false });
    expect(fitting({ ...three, width: 325 })).toEqual({ shown: 1, spare: false });
    expect(fitting({ ...three, width: 138 })).toEqual({ shown: 0, spare: false });
  });

  it('is measured without a name, too, and of a study that nothing is amiss with', () => {
    expect(fitting({ name: 0, spare: 0, marks: [80, 60], width: 106 })).toEqual({ shown: 0, spare: false });
    expect(fitting({ name: 0, spare: 0, marks: [60, 60], width: 106 })).toEqual({ shown: 1, spare: false });
    expect(fitting({ name: 96, spare: 120, marks: [], width: 224 })).toEqual({ shown: 0, spare: true });
    expect(fitting({ name: 96, spare: 120, marks: [], width: 223 })).toEqual({ shown: 0, spare: false });
  });
});
