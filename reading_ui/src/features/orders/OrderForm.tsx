import { useQuery } from '@tanstack/react-query';
import {
  type ChangeEvent,
  type FormEvent,
  type InputHTMLAttributes,
  type ReactNode,
  useId,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { asProblem, type Problem } from '@/api/problem';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import * as calls from './calls';
import { keys } from './calls';
import { limits, localOf, proceduresOf, saidOf, tooLong } from './form';
import { KnownPatient } from './KnownPatient';
import { adopted, type Known, knownOf, whose } from './known';
import styles from './orders.module.css';
import { Refusal } from './Refusal';
import { modalities, type OrderItem, type OrderView, priorities, sexes, type UnmatchedStudy } from './types';
import { useDeed } from './useOrders';

interface Props {
  /** What is changed; absent for a new one. */
  order?: OrderItem;
  /** The study that the order is registered from and linked with. */
  from?: UnmatchedStudy;
  /** Show another order, which has the study or the accession number already. */
  onOrder?: (id: string) => void;
  onClose: () => void;
  onDone: (view: OrderView) => void;
}

/** An order in one look: who, what, why, when. What is optional stands below; the accession number is made if none is given. */
export function OrderForm({ order, from, onOrder, onClose, onDone }: Props) {
  const { t } = useTranslation('orders');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [known, setKnown] = useState<Known | null>(null);
  const box = useRef<HTMLFormElement>(null);
  const [unlike, setUnlike] = useState(false);
  const [long, setLong] = useState<ReturnType<typeof tooLong>>(null);
  const first: Partial<OrderItem> = order ?? beginning(from);
  const [modality, setModality] = useState(first.modality || 'DX');
  const sites = useQuery({ queryKey: keys.form, queryFn: ({ signal }) => calls.form(signal) });
  const [siteId, setSiteId] = useState(order?.site.id ?? '');
  const own = sites.data?.items ?? [];
  const site = own.find(({ id }) => id === (from?.study.site.id ?? siteId)) ?? own[0];
  const list = useId();
  const deed = useDeed(
    async (form: FormData) => {
      const said = saidOf(form);
      const view = order
        ? await calls.change(order.id, order.version, said)
        : from
          ? await calls.registerFrom(from.study.id, said, String(form.get('reason') ?? ''))
          : await calls.register({ ...said, ...(site ? { site_id: site.id } : {}) });
      onDone(view);
    },
    t(order ? 'done.changed' : from ? 'done.registeredFrom' : 'done.registered'),
    undefined,
    (error) => {
      const found = asProblem(error);
      if (found.code === 'order.patient_known' && box.current)
        return setKnown(knownOf(found, new FormData(box.current)));
      setProblem(found);
      setUnlike((before) => before || found.code === 'order.reason_needed');
    },
  );
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setProblem(null);
    const form = new FormData(event.currentTarget);
    if (known) form.set('differs_confirmed', 'yes');
    const found = tooLong(form);
    setLong(found);
    if (!found) deed.mutate(form);
    else (event.currentTarget.elements.namedItem(found.name) as HTMLElement | null)?.focus();
  };
  const adopt = (of: Known) => {
    for (const [name, value] of adopted(of)) {
      const field = box.current?.elements.namedItem(name);
      if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement) field.value = value;
    }
    setKnown(null);
    box.current?.querySelector<HTMLElement>('[name=name]')?.focus();
  };
  return (
    <Dialog
      title={order ? t('change', { accession: order.accession }) : t(from ? 'from.title' : 'new')}
      onClose={onClose}
      wide
    >
      <form
        className={styles.form}
        ref={box}
        onSubmit={send}
        onChange={(event) => {
          if (whose.includes((event.target as unknown as HTMLInputElement).name)) setKnown(null);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing)
            event.currentTarget.requestSubmit();
        }}
      >
        {from && <Whence study={from.study} />}
        {long && (
          <p className={styles.problem} role="alert">
            {t('tooLong', { field: t(`field.${long.name}`), n: long.length, most: long.most })}
          </p>
        )}
        {problem && <Refusal problem={problem} unlike={unlike} onOrder={onOrder} />}
        {!order && !from && own.length > 1 && (
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
          <Line name="patient_id" of={first.patient_id} required data-first />
          <Line name="name" of={first.written} required />
          <Line name="pinyin" of={first.spelt} placeholder={t('field.pinyinHint')} />
        </div>
        <div className={styles.three}>
          <Choice name="sex" of={first.sex ?? ''}>
            <option value="">{t('field.unknown')}</option>
            {sexes.map((sex) => (
              <option key={sex} value={sex}>
                {t(`ui:sex.${sex}`)}
              </option>
            ))}
          </Choice>
          <Line name="birth_date" of={dayOf(first.birth_date)} type="date" max={localOf().slice(0, 10)} />
          <Choice name="priority" of={first.priority ?? 'ROUTINE'}>
            {priorities.map((priority) => (
              <option key={priority} value={priority}>
                {t(`priority.${priority}`)}
              </option>
            ))}
          </Choice>
        </div>
        {known && <KnownPatient known={known} busy={deed.isPending} onAdopt={() => adopt(known)} />}
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
          <Line name="procedure" of={first.procedure} list={list} autoComplete="off" required />
          <datalist id={list}>
            {proceduresOf(modality).map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Line name="body_part" of={first.body_part} />
        </div>
        <div className={styles.two}>
          <Words name="question" of={first.question} />
          <Words name="diagnosis" of={first.diagnosis} />
        </div>
        <div className={styles.three}>
          <Line name="scheduled_at" of={localOf(first.scheduled_at)} type="datetime-local" required />
          <Choice name="station" of={first.station ?? ''} key={site?.id}>
            <option value="">{t('anyStation')}</option>
            {[...new Set([...(site?.stations ?? []), ...(first.station ? [first.station] : [])])].map(
              (title) => (
                <option key={title} value={title}>
                  {title}
                </option>
              ),
            )}
          </Choice>
          <Line name="physician" of={first.physician} />
        </div>
        <div className={styles.three}>
          {!order && <Line name="accession" of={first.accession} placeholder={t('field.accessionHint')} />}
          <Line name="issuer" of={first.issuer} placeholder={t('field.issuerHint')} />
        </div>
        {unlike && !known && <Line name="reason" label={t('from.reason')} required autoFocus />}
        <div className={styles.actions}>
          <Button onClick={onClose}>{t('ui:cancel')}</Button>
          {!known && (
            <Button type="submit" tone="next" busy={deed.isPending} keys="ctrl+Enter">
              {order ? t('ui:save') : t('go')}
            </Button>
          )}
        </div>
      </form>
    </Dialog>
  );
}

/** The form's first values from a study: its words are the order's own but for the priority, which is any text to the schema. */
const beginning = (from: UnmatchedStudy | undefined): Partial<OrderItem> => {
  if (!from) return {};
  const { priority, ...says } = from.says;
  return { ...says, priority: priorities.find((each) => each === priority) ?? 'ROUTINE' };
};

function Whence({ study }: { study: UnmatchedStudy['study'] }) {
  const { t } = useTranslation('orders');
  const words = [study.modality, study.description, t('imageCount', { count: study.instance_count })];
  return (
    <p className={styles.dim}>
      {t('from.study', { study: words.filter(Boolean).join(' · ') })}
      <br />
      {t('from.hint')}
    </p>
  );
}

interface Named {
  /** As the server calls it; its words stand below `field.`. */
  name: string;
  /** What stands there at first. */
  of?: string | undefined;
}

/** Says at once, below a text, that it is longer than it may be. A browser's own limit would cut what is pasted and say nothing. */
function useLength(name: string, of: string | undefined) {
  const { t } = useTranslation('orders');
  const [length, setLength] = useState((of ?? '').length);
  const most = limits[name];
  return {
    problem: most !== undefined && length > most ? t('long', { n: length, most }) : null,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      setLength(event.target.value.trim().length),
  };
}

function Line({
  name,
  of,
  label,
  ...rest
}: Named & InputHTMLAttributes<HTMLInputElement> & { label?: string }) {
  const { t } = useTranslation('orders');
  const length = useLength(name, of);
  return (
    <TextField label={label ?? t(`field.${name}`)} name={name} defaultValue={of} {...rest} {...length} />
  );
}

function Words({ name, of }: Named) {
  const { t } = useTranslation('orders');
  const length = useLength(name, of);
  return <TextArea label={t(`field.${name}`)} name={name} defaultValue={of} rows={2} {...length} />;
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
