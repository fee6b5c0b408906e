import { useMutation } from '@tanstack/react-query';
import i18next from 'i18next';
import { useTranslation } from 'react-i18next';
import { cx } from '@/lib/cx';
import { Button } from '@/ui/Button';
import { Icon } from '@/ui/icons';
import { type Verified, verify } from './calls';
import { problemWords } from './problemWords';
import styles from './report.module.css';

type Check = Verified['checks'][number];

/** What was checked; a check this screen has no words for is shown by its code. */
function checkWords({ code, params }: Check): string {
  const key = `report:check.${code}`;
  return i18next.exists(key) ? i18next.t(key, params) : code;
}

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
              <li
                key={`${found.code}${found.params.number ?? ''}`}
                className={cx(!found.ok && styles.broken)}
              >
                <Icon name={found.ok ? 'check' : 'alarm'} size={13} /> {checkWords(found)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
