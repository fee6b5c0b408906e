import { useMutation } from '@tanstack/react-query';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { verify } from './calls';
import { problemWords } from './problemWords';
import styles from './report.module.css';

const checkWords = (name: string): string =>
  i18next.exists(`report:check.${name}`) ? i18next.t(`report:check.${name}`) : name;

/** Asks the server to check the signature again, against the text and the images as they are stored now. */
export function Verification({ reportId }: { reportId: string }) {
  const { t } = useTranslation('report');
  const check = useMutation({ mutationFn: () => verify(reportId) });
  const { data } = check;
  return (
    <section className={styles.verification}>
      <Button busy={check.isPending} onClick={() => check.mutate()}>
        {t('verify.now')}
      </Button>
      {check.isError && <p role="alert">{problemWords(check.error)}</p>}
      {data && (
        <div role="status" data-testid="verified">
          <strong className={cx(data.valid ? styles.good : styles.broken)}>
            <Icon name={data.valid ? 'check' : 'alarm'} />
            {t(data.valid ? 'verify.valid' : 'verify.invalid')}
          </strong>
          <ul>
            {data.checks.map((found) => (
              <li key={found.name} className={cx(!found.ok && styles.broken)}>
                <Icon name={found.ok ? 'check' : 'alarm'} size={13} /> {checkWords(found.name)}
                {!found.ok && found.detail ? `: ${found.detail}` : ''}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
