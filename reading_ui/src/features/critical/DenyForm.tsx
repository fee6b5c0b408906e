import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { composing } from '@/lib/keymap';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import * as calls from './calls';
import styles from './critical.module.css';
import { useCriticalVerb } from './useCriticals';

const usual = ['known', 'old', 'same', 'wording'] as const;

interface Props {
  reportId: string;
  phrase: string;
  addendum: string | null;
}

/** Why a flagged phrase is no critical finding: the reason stays with the report. */
export function DenyForm({ reportId, phrase, addendum }: Props) {
  const { t } = useTranslation('critical');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const send = useCriticalVerb((why: string) => calls.deny(reportId, phrase, why, addendum));
  const list = useId();
  if (!asking) return <Button onClick={() => setAsking(true)}>{t('flag.deny')}</Button>;
  const ready = reason.trim().length >= 2;
  const say = () => {
    if (ready && !send.isPending) send.mutate(reason.trim());
  };
  // No form: it may stand inside the one of an addendum, which its answer must not send.
  return (
    <div className={styles.inline}>
      <TextField
        label={t('flag.reason', { phrase })}
        autoFocus
        list={list}
        maxLength={500}
        value={reason}
        problem={send.isError ? problemText(send.error) : null}
        onChange={(event) => setReason(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || composing(event.nativeEvent)) return;
          event.preventDefault();
          say();
        }}
      />
      <datalist id={list}>
        {usual.map((one) => (
          <option key={one} value={t(`flag.usual.${one}`)} />
        ))}
      </datalist>
      <Button tone="next" busy={send.isPending} disabled={!ready} onClick={say}>
        {t('flag.denyNow')}
      </Button>
    </div>
  );
}
