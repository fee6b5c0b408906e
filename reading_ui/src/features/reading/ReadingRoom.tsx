import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useSession } from '@/api/session';
import type { StudyView } from '@/api/types';
import type { Scope } from '@/lib/keymap';
import { useActiveScopes, useKeys } from '@/lib/keys';
import { HelpSheet } from '@/ui/HelpSheet';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { Icon } from '@/ui/icons';
import { SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import { Banners } from './Banners';
import { HeaderActions } from './HeaderActions';
import { Pictures } from './Pictures';
import type { WordsSlot } from './ReadingPage';
import { ReasonDialog } from './ReasonDialog';
import { Rejected } from './Rejected';
import styles from './reading.module.css';
import { Split } from './Split';
import { useLease } from './useLease';
import { useNext } from './useNext';
import { imagesOf, useManifest } from './useStudy';

interface Props {
  study: StudyView;
  personId: string;
  words: (slot: WordsSlot) => ReactNode;
  extra: (study: StudyView) => ReactNode;
  below: (study: StudyView) => ReactNode;
}

/** Whose next study is on the worklist; a requesting doctor goes back to the own desk. */
const READERS: ReadonlySet<string> = new Set(['radiologist', 'reviewer']);
const NO_PHRASES: WordsSlot['phrases'] = [];

/** Pictures left, words right, the patient above both. */
export function ReadingRoom({ study, personId, words, extra, below }: Props) {
  const { t } = useTranslation('reading');
  const lease = useLease(study, personId);
  const pictures = useManifest(study.study.id, study.manifest_url || null);
  const { manifest, newest, newer } = pictures;
  const [phrases, setPhrases] = useState<WordsSlot['phrases']>(NO_PHRASES);
  const [bar, setBar] = useState<HTMLDivElement | null>(null);
  const [asking, setAsking] = useState<'return' | 'release' | null>(null);
  const [sheet, setSheet] = useState<readonly Scope[] | null>(null);
  const scopes = useActiveScopes();
  const toNext = useNext(study.study.id, t('noneLeft'));
  const reads = useSession(({ me }) => me?.roles.some(({ role }) => READERS.has(role)) ?? false);
  const onNext = reads ? toNext : null;
  const free = lease.standing.kind === 'free';
  useTitle(`${study.patient.name} ${study.study.modalities.join('/')}`);
  useKeys('reading', [
    { keys: '?', label: 'ui:help.show', run: () => setSheet(scopes) },
    ...(free ? [{ keys: 'c', label: 'reading:claim', run: () => void lease.act('claim') }] : []),
    ...(onNext ? [{ keys: 'n', label: 'reading:next', run: onNext }] : []),
  ]);
  const send = async (code: string, text: string) => {
    const done =
      asking === 'return'
        ? lease.act('return', { reason: code, text })
        : lease.act('release', { reason: text });
    if (await done) setAsking(null);
  };
  return (
    <div className={styles.page} data-testid="reading">
      <IdentityStrip
        patient={study.patient}
        siteName={study.site.name}
        studyAt={study.study.study_at}
        modalities={study.study.modalities}
        description={study.study.description}
      >
        {extra(study)}
        <HeaderActions
          study={study}
          lease={lease}
          onRelease={() => setAsking('release')}
          onReturn={() => setAsking('return')}
          onNext={onNext}
          onHelp={() => setSheet(scopes)}
        />
        <Link to="/" className={styles.back} title={t('backToList')}>
          <Icon name="rows" /> {t('back')}
        </Link>
      </IdentityStrip>
      {below(study)}
      <Banners study={study} lease={lease} newer={newer} onTakeNewer={pictures.takeNewer}>
        <Rejected gone={pictures.gone} problems={study.quality.problems} onUnderstood={pictures.forgetGone} />
      </Banners>
      <Split
        left={
          manifest && newest ? (
            <Pictures
              key={manifest.version}
              manifest={manifest}
              newest={newest}
              study={study}
              onPhrases={setPhrases}
              bar={bar}
            />
          ) : (
            <Waiting preparing={pictures.preparing} error={pictures.error} onRetry={pictures.retry} />
          )
        }
        right={words({
          study,
          personId,
          mine: lease.standing.kind === 'mine' && lease.lost === null,
          lost: lease.lost !== null,
          images: newest && { count: imagesOf(newest), version: newest.version },
          onLoad: newer && newer.kind !== 'files' ? pictures.takeNewer : null,
          phrases,
          onClaim: free ? () => void lease.act('claim') : null,
          onNext,
        })}
      />
      <div ref={setBar} />
      {asking && (
        <ReasonDialog
          kind={asking}
          busy={lease.busy}
          onClose={() => setAsking(null)}
          onSend={(...said) => void send(...said)}
        />
      )}
      {sheet && <HelpSheet scopes={sheet} onClose={() => setSheet(null)} />}
    </div>
  );
}

function Waiting({ preparing, error, onRetry }: { preparing: boolean; error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('reading');
  if (preparing) return <p className={styles.preparing}>{t('preparing')}</p>;
  if (error) return <Trouble error={error} onRetry={onRetry} />;
  return <SkeletonRows rows={10} />;
}
