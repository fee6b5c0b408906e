import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { TextField } from './Field';
import styles from './SignDialog.module.css';

interface Props {
  title: string;
  /** Whose paper it is, as an identity strip. */
  who: ReactNode;
  /** The text that is signed. */
  what: ReactNode;
  /** Which version of it: once another one stands on the screen, it has to be read anew before anybody signs it. */
  version: string | number;
  words: { note: string; password: string; now: string };
  /** False while what would be signed is not all on the screen. */
  ready?: boolean;
  sign: (password: string) => Promise<void>;
  explain: (error: unknown) => string;
  onClose: () => void;
}

/** The one place that asks twice, because a signature cannot be taken back: whom it is about, what is signed, the password. */
export function SignDialog(props: Props) {
  const { title, who, what, version, words, ready = true, sign, explain, onClose } = props;
  const { t } = useTranslation('ui');
  const [opened, setOpened] = useState(ready ? version : null);
  if (opened === null && ready) setOpened(version);
  const changed = opened !== null && opened !== version;
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const may = ready && !changed && password !== '';
  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await sign(password);
    } catch (error) {
      setProblem(explain(error));
      setPassword('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (may) void send();
        }}
      >
        {who}
        <What>{what}</What>
        {changed && (
          <p className={styles.changed} role="alert">
            {t('sign.changed')}
          </p>
        )}
        <p className={styles.note}>{words.note}</p>
        <TextField
          label={words.password}
          type="password"
          autoComplete="current-password"
          data-first
          value={password}
          problem={problem}
          onChange={(event) => setPassword(event.target.value)}
        />
        <div className={styles.row}>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" tone="next" busy={busy} disabled={!may}>
            {words.now}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The text, as high as the screen allows; while some of it is below the edge a line says so, and brings it up. */
function What({ children }: { children: ReactNode }) {
  const { t } = useTranslation('ui');
  const box = useRef<HTMLElement>(null);
  const [more, setMore] = useState(false);
  useEffect(() => {
    const text = box.current;
    if (!text) return;
    const look = () => setMore(text.scrollHeight - text.scrollTop - text.clientHeight > 4);
    const sizes = new ResizeObserver(look);
    sizes.observe(text);
    for (const part of text.children) sizes.observe(part);
    text.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      sizes.disconnect();
      text.removeEventListener('scroll', look);
    };
  }, []);
  return (
    <div className={styles.held}>
      <section ref={box} className={styles.what} data-testid="to-sign">
        {children}
      </section>
      {more && (
        <button
          type="button"
          className={styles.more}
          data-testid="more-to-sign"
          onClick={() => box.current?.scrollBy({ top: box.current.clientHeight - 40 })}
        >
          {t('sign.more')}
        </button>
      )}
    </div>
  );
}
