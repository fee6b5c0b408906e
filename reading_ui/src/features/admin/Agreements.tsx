import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { Site, SlaProfile } from '@/api/types';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import styles from './admin.module.css';
import * as calls from './adminCalls';
import { FormPanel, textOf } from './FormPanel';
import { Table } from './Table';
import { useChange, useSiteName, useSites } from './useAdmin';

export function Agreements() {
  const { t } = useTranslation('admin');
  const agreements = useQuery({ queryKey: keysOf.admin('agreements'), queryFn: calls.agreements });
  const profiles = useQuery({ queryKey: keysOf.admin('sla'), queryFn: calls.slaProfiles });
  const nameOf = useSiteName();
  const [adding, setAdding] = useState(false);
  const change = useChange(
    'agreements',
    ({ id, disabled }: { id: string; disabled: boolean }) => calls.changeAgreement(id, { disabled }),
    t('done.changed'),
  );
  const words = useProfileWords(profiles.data?.items ?? []);
  return (
    <>
      <p className={styles.bar}>
        <Button tone="next" icon="plus" onClick={() => setAdding(true)}>
          {t('agreements.add')}
        </Button>
      </p>
      <Table
        heads={[
          t('agreements.requesting'),
          t('agreements.reading'),
          t('agreements.modality'),
          t('agreements.sla'),
          t('agreements.rank'),
          '',
        ]}
        rows={agreements.data?.items}
        error={agreements.error}
        empty={t('agreements.empty')}
        onRetry={() => void agreements.refetch()}
        keyOf={(agreement) => agreement.id}
        dim={(agreement) => agreement.disabled}
        cells={(agreement) => [
          <strong key="from">{nameOf(agreement.requesting_site_id)}</strong>,
          nameOf(agreement.reading_site_id),
          agreement.modality === '*' ? t('agreements.any') : agreement.modality,
          words(agreement.sla),
          agreement.rank,
          <Button
            key="able"
            onClick={() => change.mutate({ id: agreement.id, disabled: !agreement.disabled })}
          >
            {t(agreement.disabled ? 'enable' : 'disable')}
          </Button>,
        ]}
      />
      {adding && (
        <AgreementForm words={words} profiles={profiles.data?.items ?? []} onClose={() => setAdding(false)} />
      )}
    </>
  );
}

/** `标准 · 急 30 / 加急 60 / 普通 120 分`. */
function useProfileWords(profiles: SlaProfile[]): (name: string) => string {
  const { t } = useTranslation('admin');
  return (name) => {
    const profile = profiles.find((one) => one.name === name);
    const title = t(`sla.${name}`, { defaultValue: name });
    if (!profile) return title;
    const minutes = Object.entries(profile.minutes)
      .toSorted(([, a], [, b]) => a - b)
      .map(([priority, count]) => `${t(`ui:priority.${priority}`)} ${count}`);
    return `${title} · ${t('agreements.minutes', { list: minutes.join(' / ') })}`;
  };
}

interface FormProps {
  words: (name: string) => string;
  profiles: SlaProfile[];
  onClose: () => void;
}

/** Those who ask first for the one, those who read first for the other. */
const inOrder = (sites: Site[], side: 'requesting' | 'reading'): Site[] => {
  const city = side === 'reading' ? 0 : 1;
  return sites.toSorted(
    (a, b) => (a.level === 'city' ? city : 1 - city) - (b.level === 'city' ? city : 1 - city),
  );
};

const modalities = ['*', 'CT', 'MR', 'DX', 'CR', 'MG', 'US', 'ECG', 'XA', 'NM', 'PT'] as const;

function AgreementForm({ words, profiles, onClose }: FormProps) {
  const { t } = useTranslation('admin');
  const sites = useSites();
  const add = useChange('agreements', calls.addAgreement, t('done.added'), true);
  const send = async (form: FormData) => {
    await add.mutateAsync({
      requesting_site_id: textOf(form, 'requesting_site_id'),
      reading_site_id: textOf(form, 'reading_site_id'),
      modality: textOf(form, 'modality'),
      sla: textOf(form, 'sla'),
      rank: Number(textOf(form, 'rank') || 0),
    });
  };
  return (
    <FormPanel title={t('agreements.add')} go={t('add')} onClose={onClose} onSend={send}>
      {(['requesting', 'reading'] as const).map((side) => (
        <SelectField
          key={side}
          label={t(`agreements.${side}`)}
          name={`${side}_site_id`}
          defaultValue=""
          required
        >
          <option value="" disabled>
            {t('ui:choose')}
          </option>
          {inOrder(sites.data?.items ?? [], side).map((site) => (
            <option key={site.id} value={site.id}>
              {site.name}
            </option>
          ))}
        </SelectField>
      ))}
      <SelectField label={t('agreements.modality')} name="modality" defaultValue="*">
        {modalities.map((modality) => (
          <option key={modality} value={modality}>
            {modality === '*' ? t('agreements.any') : modality}
          </option>
        ))}
      </SelectField>
      <SelectField label={t('agreements.sla')} name="sla" defaultValue="standard">
        {profiles.map((profile) => (
          <option key={profile.name} value={profile.name}>
            {words(profile.name)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t('agreements.rank')}
        hint={t('agreements.rankHint')}
        name="rank"
        type="number"
        min={0}
        defaultValue={0}
      />
    </FormPanel>
  );
}
