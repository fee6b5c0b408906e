import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKeys } from '@/lib/keys';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import { sayProblem } from '@/ui/problemText';
import { Segments } from '@/ui/Segments';
import { toast } from '@/ui/toast';
import * as calls from './calls';
import { type OpinionPart, unsaid } from './draft';
import { ConflictBox, SavedLine } from './KeptLine';
import styles from './page.module.css';
import { SignDialog } from './SignDialog';
import { type Consultation, type Opinion, refers } from './types';
import { useKeeping } from './useKeeping';
import { useTake } from './useVerb';

const opinionOf = ({ diagnosis, treatment, refer }: Consultation): Opinion => ({
  diagnosis,
  treatment,
  refer,
});

const failed = (error: unknown): null => {
  sayProblem(error);
  return null;
};

/** 诊断意见, 处理建议, 是否上转: kept while it is written, signed with the password. */
export function OpinionEditor({ view }: { view: Consultation }) {
  const { t } = useTranslation('consult');
  const take = useTake();
  const [signing, setSigning] = useState<number | null>(null);
  const keeper = useKeeping(
    { value: opinionOf(view), version: view.version, savedAt: view.opinion_at },
    {
      save: async (opinion, version) => {
        const kept = await calls.writeOpinion(view.id, opinion, version);
        take(kept);
        return { version: kept.version, savedAt: kept.opinion_at };
      },
      fresh: async () => {
        const now = await calls.one(view.id);
        return { value: opinionOf(now), version: now.version };
      },
    },
  );
  const { value } = keeper.state;
  const [tried, setTried] = useState(false);
  const without = unsaid(value);
  const wants = (part: OpinionPart) => (tried && without.includes(part) ? t(`opinion.needs.${part}`) : null);
  const sign = async () => {
    setTried(true);
    if (without.length > 0) return;
    if ((await keeper.flush()) === null) {
      toast(t('kept.notSent'), { tone: 'problem', about: view.id });
      return;
    }
    setSigning(await keeper.recheck().catch(failed));
  };
  const stale = () => {
    setSigning(null);
    toast(t('kept.conflict'), { tone: 'problem' });
    void keeper.recheck().catch(failed);
  };
  useKeys('opinion', [
    { keys: 'ctrl+Enter', label: 'consult:opinion.sign', whenTyping: true, run: () => void sign() },
  ]);
  return (
    <div className={styles.opinion}>
      {keeper.state.phase === 'conflict' && <ConflictBox keeper={keeper} />}
      <TextArea
        label={t('opinion.diagnosis')}
        value={value.diagnosis}
        problem={wants('diagnosis')}
        rows={4}
        maxLength={4000}
        placeholder={t('placeholder.diagnosis')}
        onChange={(event) => keeper.edit({ diagnosis: event.target.value })}
      />
      <TextArea
        label={t('opinion.treatment')}
        value={value.treatment}
        problem={wants('treatment')}
        rows={4}
        maxLength={4000}
        placeholder={t('placeholder.treatment')}
        onChange={(event) => keeper.edit({ treatment: event.target.value })}
      />
      <div className={styles.line}>
        <span className={styles.label}>{t('opinion.refer')}</span>
        <Segments
          label={t('opinion.refer')}
          answer
          segments={refers.map((key) => ({ key, label: t(`refer.${key}`) }))}
          chosen={value.refer || null}
          onChoose={(refer) => keeper.edit({ refer })}
        />
      </div>
      {wants('refer') && (
        <p className={styles.wrong} role="alert">
          {wants('refer')}
        </p>
      )}
      <div className={styles.line}>
        <SavedLine state={keeper.state} />
        <Button tone="next" keys="ctrl+Enter" className={styles.last} onClick={() => void sign()}>
          {t('opinion.sign')}
        </Button>
      </div>
      {signing !== null && (
        <SignDialog
          view={view}
          opinion={value}
          version={signing}
          onClose={() => setSigning(null)}
          onStale={stale}
        />
      )}
    </div>
  );
}
