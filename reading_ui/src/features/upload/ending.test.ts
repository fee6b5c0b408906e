import { describe, expect, it } from 'vitest';
import { ends, worstFirst } from './ending';
import type { Header } from './header';
import { begun, type Progress } from './sending';
import { add, type Study, unnamed, unsuspicious } from './studies';

const done = (kinds: Record<string, number>, ...codes: string[]): Progress => ({
  ...begun(),
  state: 'done',
  kinds,
  problems: codes.map((code) => ({ path: code, code })),
});

const ALL: Record<string, Progress> = {
  good: done({ stored: 2 }),
  torn: done({ refused: 1 }, 'object.unreadable'),
  part: done({ stored: 1, refused: 1 }, 'object.unreadable'),
  apart: done({ identity: 1 }, 'identity'),
  again: done({ repeat: 2 }),
};

describe('the end of an upload of several studies', () => {
  it('is counted only when none is under way', () => {
    expect(ends(ALL)).toEqual({ done: 2, partly: 1, refused: 1, apart: 1, stopped: 0 });
    expect(ends({ ...ALL, late: { ...begun(), state: 'sending' } })).toBeNull();
    expect(ends({ ...ALL, late: { ...begun(), state: 'paused' } })).toBeNull();
    expect(ends({})).toBeNull();
  });

  it('puts what needs somebody first and what was not sent last', () => {
    const studies = ['left', 'good', 'part', 'again', 'apart', 'torn'].map((uid) => ({ uid }) as Study);
    const shown = worstFirst(studies, ALL).map(({ uid }) => uid);
    expect(shown).toEqual(['torn', 'part', 'apart', 'good', 'again', 'left']);
  });
});

describe('a study that does not say whose it is', () => {
  const study = (patientName: string, patientId: string): Study => {
    const found = new Map<string, Study>();
    const header = { studyUid: '1.2', sopUid: '1.2.3', patientName, patientId } as Header;
    add(found, { file: new File([], 'a'), path: 'a' }, header);
    return [...found.values()][0] as Study;
  };

  it('is not chosen to begin with', () => {
    const kinds = [study('张三', 'A1'), study('张三', ''), study('', ''), study('', 'A1')];
    expect(kinds.map(unnamed)).toEqual([null, 'noNumber', 'nobody', null]);
    expect(kinds.map(unsuspicious)).toEqual([true, false, false, true]);
  });
});
