import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { problemText } from '@/ui/problemText';
import * as calls from '../calls';
import { caseKeys } from '../keys';
import type { AttachmentKind } from '../types';
import { guessKind, MOST_BYTES } from './files';

interface Upload {
  key: number;
  name: string;
  /** Why it was not taken; without one it is on its way. */
  problem?: string;
}

/** Files on their way to a case, one after the other, so that a slow line carries one at a time. */
export function useUploads(caseId: string) {
  const { t } = useTranslation('cases');
  const cache = useQueryClient();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const last = useRef(0);
  const queue = useRef(Promise.resolve());
  const forget = useCallback((key: number) => setUploads((all) => all.filter((one) => one.key !== key)), []);
  const failed = (key: number, problem: string) =>
    setUploads((all) => all.map((one) => (one.key === key ? { ...one, problem } : one)));

  async function one(key: number, file: File, kind: AttachmentKind): Promise<void> {
    if (file.size > MOST_BYTES) return failed(key, t('attachment.tooLarge'));
    try {
      cache.setQueryData([...caseKeys.one(caseId), 'view'], await calls.attach(caseId, file, kind));
      forget(key);
    } catch (error) {
      failed(key, problemText(error));
    }
    void cache.invalidateQueries({ queryKey: caseKeys.one(caseId) });
  }

  const send = (files: File[], kind: AttachmentKind | '') => {
    for (const file of files) {
      last.current += 1;
      const key = last.current;
      setUploads((all) => [...all, { key, name: file.name }]);
      queue.current = queue.current.then(() => one(key, file, kind || guessKind(file)));
    }
  };
  return { uploads, send, forget };
}
