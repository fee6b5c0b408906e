import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { Button } from '@/ui/Button';
import { DropTile, sizeWords } from '@/ui/DropTile';
import { problemText } from '@/ui/problemText';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import styles from './request.module.css';
import type { CaseFile, Consultation, FileKind } from './types';

const tiles: ReadonlyArray<{ kind: FileKind; kinds: readonly FileKind[] }> = [
  { kind: 'consent', kinds: ['consent'] },
  { kind: 'record', kinds: ['record'] },
  { kind: 'lab', kinds: ['lab'] },
  { kind: 'other', kinds: ['other', 'image'] },
];

export interface Files {
  busy: boolean;
  coming: ReadonlyArray<{ name: string; kind: FileKind }>;
  add: (files: File[], kind: FileKind) => void;
  withdraw: (file: CaseFile) => void;
}

/** Files go up one after the other as soon as they are there; each that fails says why. */
export function useFiles({ id, case_id: caseId }: Pick<Consultation, 'id' | 'case_id'>): Files {
  const { t } = useTranslation('consult');
  const cache = useQueryClient();
  const [coming, setComing] = useState<Files['coming']>([]);
  const fresh = () => cache.invalidateQueries({ queryKey: keysOf.consultation(id) });
  const add = async (files: File[], kind: FileKind) => {
    const listed = files.map(({ name }) => ({ name, kind }));
    setComing((before) => [...before, ...listed]);
    for (const [index, file] of files.entries()) {
      await calls
        .attach(caseId, file, kind)
        .catch((error: unknown) =>
          toast(`${file.name}: ${problemText(error)}`, { tone: 'problem', about: `${id}:${file.name}` }),
        );
      await fresh();
      setComing((before) => before.filter((one) => one !== listed[index]));
    }
  };
  const withdraw = async (file: CaseFile) => {
    await calls
      .withdrawFile(file.id)
      .then(() => toast(t('files.withdrawn', { name: file.name }), { about: `${id}:${file.name}` }))
      .catch((error: unknown) => toast(problemText(error), { tone: 'problem', about: `${id}:${file.name}` }));
    await fresh();
  };
  return {
    busy: coming.length > 0,
    coming,
    add: (files, kind) => void add(files, kind),
    withdraw: (file) => void withdraw(file),
  };
}

/** 知情同意书, 病历, 检验, 其他: a place for each, by drop or tap. */
export function FileTiles({ view, files }: { view: Pick<Consultation, 'files'>; files: Files }) {
  const { t } = useTranslation('consult');
  return (
    <div className={styles.choice}>
      <span className={styles.label}>{t('files.title')}</span>
      <div className={styles.tiles}>
        {tiles.map(({ kind, kinds }) => {
          const there = view.files.filter((file) => kinds.includes(file.kind));
          const coming = files.coming.filter((one) => one.kind === kind);
          return (
            <DropTile
              key={kind}
              label={t(`files.kind.${kind}`)}
              hint={there.length + coming.length === 0 ? t('files.drop') : undefined}
              filled={there.length > 0}
              onFiles={(chosen) => files.add(chosen, kind)}
            >
              {there.length + coming.length > 0 && (
                <ul className={styles.files}>
                  {there.map((file) => (
                    <li key={file.id}>
                      <a href={file.url} target="_blank" rel="noreferrer" title={file.name}>
                        {file.name}
                      </a>
                      <span className={styles.dim}>{sizeWords(file.size)}</span>
                      <Button
                        tone="bare"
                        icon="close"
                        aria-label={t('files.withdraw', { name: file.name })}
                        onClick={() => files.withdraw(file)}
                      />
                    </li>
                  ))}
                  {coming.map((one) => (
                    <li key={one.name} className={styles.dim}>
                      {t('files.coming', { name: one.name })}
                    </li>
                  ))}
                </ul>
              )}
            </DropTile>
          );
        })}
      </div>
    </div>
  );
}
