import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Time } from '@/ui/Time';
import { toast } from '@/ui/toast';
import * as calls from '../calls';
import { type CaseThen, thereAt } from '../timeline/replay';
import type { Attachment, CaseView } from '../types';
import { DropZone } from './DropZone';
import { isShown, sizeOf } from './files';
import { Preview } from './Preview';
import styles from './Side.module.css';
import { useCaseVerb } from './useCase';

/** The papers of the case: dropped in, looked at in place, withdrawn when they were wrong. */
export function Attachments({ view, then }: { view: CaseView; then: CaseThen | null }) {
  const { t } = useTranslation('cases');
  const [open, setOpen] = useState<Attachment | null>(null);
  const take = useCaseVerb(view.id, (id: string) => calls.withdraw(id));
  const there = view.attachments.filter((one) => thereAt(one.at, one.withdrawn_at, then?.at ?? NOW));
  const gone = then ? 0 : view.attachments.length - there.length;
  const mayRead = view.verbs.includes('case.file');
  const mayWithdraw = !then && view.verbs.includes('case.withdraw');
  const withdraw = (one: Attachment) =>
    take.mutate(one.id, { onSuccess: () => toast(t('attachment.withdrawn', { name: one.name })) });
  return (
    <section className={styles.card} data-testid="attachments">
      <h2>
        {t('attachment.title')} <span className={styles.count}>{there.length}</span>
      </h2>
      <ul className={styles.list}>
        {there.map((one) => (
          <li key={one.id} className={styles.file}>
            <span className={styles.fileKind}>{t(`attachment.kind.${one.kind}`)}</span>
            <span className={styles.words}>
              <FileName one={one} mayRead={mayRead} onOpen={() => setOpen(one)} />
              <span className={styles.dim}>
                {sizeOf(one.size)} · {one.by.name} {one.site} <Time at={one.at} />
              </span>
            </span>
            {mayWithdraw && (
              <Button tone="bare" busy={take.isPending} onClick={() => withdraw(one)}>
                {t('attachment.withdraw')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {there.length === 0 && <p className={styles.dim}>{t('attachment.none')}</p>}
      {gone > 0 && <p className={styles.dim}>{t('attachment.gone', { n: gone })}</p>}
      {!then && view.verbs.includes('case.attach') && <DropZone caseId={view.id} />}
      {open && <Preview one={open} onClose={() => setOpen(null)} />}
    </section>
  );
}

/** Later than any instant. */
const NOW = '9999';

function FileName({ one, mayRead, onOpen }: { one: Attachment; mayRead: boolean; onOpen: () => void }) {
  if (!mayRead) return <span>{one.name}</span>;
  if (!isShown(one.media_type)) {
    return (
      <a href={calls.fileUrl(one.id)} download={one.name}>
        {one.name}
      </a>
    );
  }
  return (
    <button type="button" className={styles.opener} onClick={onOpen}>
      {one.name}
    </button>
  );
}
