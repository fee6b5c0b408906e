import { afterEach, describe, expect, it, vi } from 'vitest';
import { expired, signedIn, signedOut } from '@/api/session';
import type { Me } from '@/api/types';
import { useUnderWay } from '@/lib/underWay';
import { begun } from './sending';
import { choose, forget, useUpload } from './useUpload';

const somebody = (id: string): Me => ({ csrf: '', person: { id } }) as unknown as Me;

/** As it stands while the files of one study are being sent. */
function underWay(): void {
  signedIn(somebody('one'));
  useUpload.setState({
    looked: { studies: [], unfit: [] },
    folder: '光盘',
    running: true,
    progress: { '1.2': begun() },
  });
  useUnderWay.setState({ upload: 40 });
}

afterEach(() => {
  forget();
  signedOut();
});

describe('an upload that is under way', () => {
  it('is forgotten with all names when its owner signs out', () => {
    underWay();
    signedOut();
    expect(useUpload.getState()).toMatchObject({ looked: null, folder: '', running: false, progress: {} });
    expect(useUnderWay.getState().upload).toBeNull();
  });

  it('is forgotten when another person signs in in its window', () => {
    underWay();
    signedIn(somebody('two'));
    expect(useUpload.getState()).toMatchObject({ looked: null, running: false, progress: {} });
  });

  it('stays while the session has expired, and goes on with the same person', () => {
    underWay();
    expired();
    signedIn(somebody('one'));
    expect(useUpload.getState()).toMatchObject({ folder: '光盘', running: true });
  });

  it('reads no further into files that were chosen before its owner signed out', async () => {
    signedIn(somebody('one'));
    const slice = vi.fn(() => new Blob([new Uint8Array(200)]));
    const file = { name: 'a.dcm', size: 200, slice } as unknown as File;
    const reading = choose([{ file, path: '光盘/a.dcm' }]);
    signedOut();
    await reading;
    expect(useUpload.getState()).toMatchObject({ looked: null, reading: null });
  });
});
