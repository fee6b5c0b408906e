import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type InputHTMLAttributes, type ReactNode, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import * as calls from './calls';
import { keys } from './calls';
import { localOf, proceduresOf, saidOf } from './form';
import styles from './orders.module.css';
import { modalities, type OrderItem, type OrderView, priorities, sexes } from './types';
import { useDeed } from './useOrders';

interface Props {
  /** What is changed; absent for a new one. */
  order?: OrderItem;
  onClose: () => void;
  onDone: (view: OrderView) => void;
}

/** An order in one look: who, what, why, when. What is optional stands below; the accession number is made if none is given. */
export function OrderForm({ order, onClose, onDone }: Props) {
  const { t } = useTranslation('orders');
  const [problem, setProblem] = useState<string | null>(null);
  const [modality, setModality] = useState(order?.modality ?? 'DX');
  const sites = useQuery({ queryKey: keys.form, queryFn: ({ signal }) => calls.form(signal) });
  const [siteId, setSiteId] = useState(order?.site.id ?? '');
  const own = sites.data?.items ?? [];
  const site = own.find(({ id }) => id === siteId) ?? own[0];
  const list = useId();
  const deed = useDeed(
    async (form: FormData) => {
      const said = saidOf(form);
      const view = order
        ? await calls.change(order.id, order.version, said)
        : await calls.register({ ...said, ...(site ? { site_id: site.id } : {}) });
      onDone(view);
    },
    t(order ? 'done.changed' : 'done.registered'),
    undefined,
    (error) => setProblem(problemText(error)),
  );
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem(null);
    deed.mutate(new FormData(event.currentTarget));
  };
  return (
    <Dialog title={order ? t('change', { accession: order.accession }) : t('new')} onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={send}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing)
            event.currentTarget.requestSubmit();
        }}
      >
        {problem && (
          <p className={styles.problem} role="alert">
            {problem}
          </p>
        )}
        {!order && own.length > 1 && (
          <SelectField
            label={t('field.site')}
            value={site?.id}
            onChange={(event) => setSiteId(event.target.value)}
          >
            {own.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
        )}
        <div className={styles.three}>
          <Line name="patient_id" of={order?.patient_id} maxLength={64} required data-first />
          <Line name="name" of={order?.written} maxLength={64} required />
          <Line name="pinyin" of={order?.spelt} maxLength={64} placeholder={t('field.pinyinHint')} />
        </div>
        <div className={styles.three}>
          <Choice name="sex" of={order?.sex ?? ''}>
            <option value="">{t('field.unknown')}</option>
            {sexes.map((sex) => (
              <option key={sex} value={sex}>
                {t(`ui:sex.${sex}`)}
              </option>
            ))}
          </Choice>
          <Line name="birth_date" of={dayOf(order?.birth_date)} type="date" />
          <Choice name="priority" of={order?.priority ?? 'ROUTINE'}>
            {priorities.map((priority) => (
              <option key={priority} value={priority}>
                {t(`priority.${priority}`)}
              </option>
            ))}
          </Choice>
        </div>
        <div className={styles.three}>
          <SelectField
            label={t('field.modality')}
            name="modality"
            value={modality}
            onChange={(event) => setModality(event.target.value)}
          >
            {[...new Set<string>([...modalities, modality])].map((code) => (
              <option key={code} value={code}>
                {t(`modality.${code}`, { defaultValue: code })}
              </option>
            ))}
          </SelectField>
          <Line
            name="procedure"
            of={order?.procedure}
            list={list}
            maxLength={64}
            autoComplete="off"
            required
          />
          <datalist id={list}>
            {proceduresOf(modality).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Line name="body_part" of={order?.body_part} maxLength={16} />
        </div>
        <div className={styles.two}>
          <Words name="question" of={order?.question} />
          <Words name="diagnosis" of={order?.diagnosis} />
        </div>
        <div className={styles.three}>
          <Line name="scheduled_at" of={localOf(order?.scheduled_at)} type="datetime-local" required />
          <Choice name="station" of={order?.station ?? ''} key={site?.id}>
            <option value="">{t('anyStation')}</option>
            {[...new Set([...(site?.stations ?? []), ...(order?.station ? [order.station] : [])])].map(
              (title) => (
                <option key={title} value={title}>
                  {title}
                </option>
              ),
            )}
          </Choice>
          <Line name="physician" of={order?.physician} maxLength={64} />
        </div>
        <div className={styles.three}>
          {!order && <Line name="accession" maxLength={16} placeholder={t('field.accessionHint')} />}
          <Line name="issuer" of={order?.issuer} maxLength={64} placeholder={t('field.issuerHint')} />
        </div>
        <div className={styles.actions}>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          <Button type="submit" tone="next" busy={deed.isPending} keys="ctrl+Enter">
            {order ? t('ui:save') : t('go')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface Named {
  /** As the server calls it; its words stand below `field.`. */
  name: string;
  /** What stands there at first. */
  of?: string | undefined;
}

function Line({ name, of, ...rest }: Named & InputHTMLAttributes<HTMLInputElement>) {
  const { t } = useTranslation('orders');
  return <TextField label={t(`field.${name}`)} name={name} defaultValue={of} {...rest} />;
}

function Words({ name, of }: Named) {
  const { t } = useTranslation('orders');
  return <TextArea label={t(`field.${name}`)} name={name} defaultValue={of} maxLength={2000} rows={2} />;
}

function Choice({ name, of, children }: Named & { children: ReactNode }) {
  const { t } = useTranslation('orders');
  return (
    <SelectField label={t(`field.${name}`)} name={name} defaultValue={of}>
      {children}
    </SelectField>
  );
}

const dayOf = (date: string | undefined): string =>
  date ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}` : '';
