import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { Button } from '@/ui/Button';
import { Check, Checks, SpokenCode } from '@/ui/Checks';
import { Icon } from '@/ui/icons';
import { sayProblem } from '@/ui/problemText';
import { Time } from '@/ui/Time';
import * as calls from './calls';
import styles from './lines.module.css';
import { type Shown, stepsOf } from './steps';

interface Props {
  line: calls.Line;
  ours: calls.OurSide;
}

/** One line: what both sides must have registered, a check with its code, and the checks before it. */
export function LinePanel({ line, ours }: Props) {
  const { t } = useTranslation('lines');
  const cache = useQueryClient();
  const key = keysOf.lineChecks(line.id);
  const history = useQuery({
    queryKey: key,
    queryFn: () => calls.checks(line.id),
    refetchInterval: (query) => (query.state.data?.items.some((one) => one.done_at === null) ? 1_500 : false),
  });
  const [withImage, setWithImage] = useState(true);
  const [chosen, setChosen] = useState<string | null>(null);
  const begin = useMutation({
    mutationFn: () => calls.check(line.id, withImage),
    onSuccess: () => setChosen(null),
    onError: sayProblem,
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: key });
      void cache.invalidateQueries({ queryKey: keysOf.lines });
    },
  });
  const items = history.data?.items ?? [];
  const shown = items.find((one) => one.id === chosen) ?? items[0];
  const under = items.some((one) => one.done_at === null);
  // The list beside says how the last check ended, too.
  useEffect(() => {
    if (!under) void cache.invalidateQueries({ queryKey: keysOf.lines, exact: true });
  }, [cache, under]);
  return (
    <section className={styles.panel} aria-label={line.ae_title}>
      <header className={styles.head}>
        <h2 className={styles.mono}>{line.ae_title}</h2>
        <label className={styles.choice}>
          <input
            type="checkbox"
            checked={withImage}
            onChange={(event) => setWithImage(event.target.checked)}
          />
          {t('withImage')}
        </label>
        <Button tone="next" icon="refresh" busy={begin.isPending || under} onClick={() => begin.mutate()}>
          {t('check')}
        </Button>
      </header>
      <p className={styles.dim}>{t(withImage ? 'imageHint' : 'noImageHint')}</p>
      <Registered line={line} ours={ours} />
      {shown ? <Result check={shown} line={line} ours={ours} /> : <p className={styles.none}>{t('none')}</p>}
      {items.length > 1 && <Before items={items} shown={shown?.id} onChoose={setChosen} />}
    </section>
  );
}

/** What has to stand on both sides: the commonest fault is a letter in a name. */
function Registered({ line, ours }: Props) {
  const { t } = useTranslation('lines');
  const where = line.host ? `${line.host}:${line.port}` : t('noAddress');
  return (
    <dl className={styles.facts}>
      <dt>{t('theirs')}</dt>
      <dd className={styles.mono}>
        {line.ae_title} · {where}
        {line.tls_outgoing ? ' · TLS' : ''}
      </dd>
      <dt>{t('ours')}</dt>
      <dd className={styles.mono}>
        {ours.ae_title} · {t('port')} {line.tls_required && ours.tls_port ? ours.tls_port : ours.port}
        {ours.tls_port && !line.tls_required ? ` · TLS ${ours.tls_port}` : ''}
      </dd>
    </dl>
  );
}

function Result({ check, line, ours }: { check: calls.Check } & Props) {
  const { t } = useTranslation('lines');
  return (
    <>
      <Checks>
        {stepsOf(check).map((step) => (
          <Step key={step.name} step={step} line={line} ours={ours} />
        ))}
      </Checks>
      <SpokenCode code={check.code} testId="line-code" say={t}>
        <span className={styles.dim}>
          {check.asked_by} <Time at={check.asked_at} />
        </span>
      </SpokenCode>
      <p className={styles.dim}>{t('codeHint')}</p>
    </>
  );
}

function Step({ step, line, ours }: { step: Shown } & Props) {
  const { t, i18n } = useTranslation('lines');
  const told = {
    ...step.numbers,
    ae: line.ae_title,
    host: line.host ?? '',
    their: line.port ?? '',
    ours: ours.ae_title,
  };
  const help = `${step.words}_help`;
  return (
    <Check
      name={step.name}
      went={step.verdict}
      title={t(`step.${step.name}`)}
      help={i18n.exists(`lines:${help}`) ? t(help, told) : undefined}
    >
      {t(step.words, told)}
      {typeof step.numbers.at === 'string' && (
        <>
          {' '}
          <Time at={step.numbers.at} />
        </>
      )}
    </Check>
  );
}

interface BeforeProps {
  items: calls.Check[];
  shown: string | undefined;
  onChoose: (id: string) => void;
}

function Before({ items, shown, onChoose }: BeforeProps) {
  const { t } = useTranslation('lines');
  return (
    <>
      <h3 className={styles.before}>{t('before')}</h3>
      <ul className={styles.history}>
        {items.map((one) => (
          <li key={one.id}>
            <button type="button" aria-current={one.id === shown} onClick={() => onChoose(one.id)}>
              <Icon name={one.good === null ? 'clock' : one.good ? 'check' : 'alarm'} size={14} />
              <span className={styles.mono}>{one.code ?? t('running')}</span>
              <Time at={one.asked_at} />
              <span className={styles.dim}>{one.asked_by}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
