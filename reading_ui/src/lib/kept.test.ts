import { beforeEach, describe, expect, it } from 'vitest';
import { forgetWords, keepWords, keptWords } from './kept';

describe('words the server does not have yet', () => {
  beforeEach(() => sessionStorage.clear());

  it('are of one person and one place', () => {
    keepWords('me', 'room.1', ['一']);
    expect(keptWords('me', 'room.1')).toEqual(['一']);
    expect(keptWords('me', 'room.2')).toBeNull();
    expect(keptWords('somebody else', 'room.1')).toBeNull();
    keepWords('me', 'room.1', null);
    expect(keptWords('me', 'room.1')).toBeNull();
  });

  it('are gone when their person signs out or another one comes, and nothing else is', () => {
    sessionStorage.setItem('teleconsult.room.in', 'r1');
    keepWords('me', 'room.1', ['一']);
    keepWords('me too', 'room.1', ['二']);
    forgetWords('me');
    expect(keptWords('me', 'room.1')).toEqual(['一']);
    expect(keptWords('me too', 'room.1')).toBeNull();
    forgetWords();
    expect(Object.keys(sessionStorage)).toEqual(['teleconsult.room.in']);
  });

  it('that nobody can read are none', () => {
    sessionStorage.setItem('teleconsult.words.me.room.1', '{');
    expect(keptWords('me', 'room.1')).toBeNull();
  });
});
