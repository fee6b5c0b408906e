import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/toast';
import { fetchReport } from './calls';
import { problemWords } from './problemWords';
import styles from './report.module.css';
import { plain, SECTIONS } from './sections';
import type { Saver } from './useAutosave';

/** Another window saved meanwhile: shows what it holds and lets the writer choose. Nothing is lost either way. */
export function ConflictBox({ reportId, saver }: { reportId: string; saver: Saver }) {
  const { t } = useTranslation('report');
  const [busy, setBusy] = useState(false);
  const theirs = useQuery({
    queryKey: ['report', reportId, 'theirs', saver.state.theirs],
    queryFn: () => fetchReport(reportId),
    staleTime: 0,
  });
  const { data } = theirs;
  const different = data
    ? SECTIONS.filter((name) => plain(data[name]) !== plain(saver.state.text[name]))
    : [];
  const mine = async () => {
    setBusy(true);
    await saver.keepMine().catch((error: unknown) => toast(problemWords(error), { tone: 'problem' }));
    setBusy(false);
  };
  const reload = async () => {
    const words = SECTIONS.map((name) => saver.state.text[name]).join('\n\n');
    await navigator.clipboard?.writeText(words).catch(() => undefined);
    if (data) saver.takeTheirs(data);
  };
  return (
    <section className={styles.conflict} role="alert">
      <strong>{t('conflict.title')}</strong>
      <p>{t('conflict.what', { version: data?.version ?? saver.state.theirs ?? '?' })}</p>
      {different.map((name) => (
        <details key={name}>
          <summary>{t('conflict.theirs', { section: t(`section.${name}`) })}</summary>
          <pre>{data?.[name] || t('conflict.empty')}</pre>
        </details>
      ))}
      <div className={styles.row}>
        <Button tone="next" busy={busy} onClick={() => void mine()}>
          {t('conflict.keepMine')}
        </Button>
        <Button disabled={!data} onClick={() => void reload()} title={t('conflict.copied')}>
          {t('conflict.takeTheirs')}
        </Button>
      </div>
    </section>
  );
}
