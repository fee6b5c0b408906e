import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Level, Site } from '@/api/types';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import styles from './admin.module.css';
import * as calls from './adminCalls';
import { FormPanel, textOf, textOrNull } from './FormPanel';
import { Table } from './Table';
import { useChange, useSiteName, useSites } from './useAdmin';

const levels: readonly Level[] = ['city', 'county', 'township'];

export function Sites() {
  const { t } = useTranslation('admin');
  const sites = useSites();
  const nameOf = useSiteName();
  const [editing, setEditing] = useState<Site | 'new' | null>(null);
  const add = useChange('sites', calls.addSite, t('done.added'), true);
  const rename = useChange(
    'sites',
    ({ id, name }: { id: string; name: string }) => calls.renameSite(id, name),
    t('done.changed'),
    true,
  );
  const send = async (form: FormData) => {
    if (editing === 'new') {
      await add.mutateAsync({
        code: textOf(form, 'code'),
        name: textOf(form, 'name'),
        level: textOf(form, 'level') as Level,
        parent_id: textOrNull(form, 'parent_id'),
      });
    } else if (editing) await rename.mutateAsync({ id: editing.id, name: textOf(form, 'name') });
  };
  return (
    <>
      <p className={styles.bar}>
        <Button tone="next" icon="plus" onClick={() => setEditing('new')}>
          {t('sites.add')}
        </Button>
      </p>
      <Table
        heads={[t('sites.name'), t('sites.code'), t('sites.level'), t('sites.parent'), '']}
        rows={sites.data?.items}
        error={sites.error}
        empty={t('sites.empty')}
        onRetry={() => void sites.refetch()}
        keyOf={(site) => site.id}
        cells={(site) => [
          <strong key="name">{site.name}</strong>,
          site.code,
          t(`level.${site.level}`),
          nameOf(site.parent_id),
          <Button key="edit" onClick={() => setEditing(site)}>
            {t('edit')}
          </Button>,
        ]}
      />
      {editing && (
        <FormPanel
          title={editing === 'new' ? t('sites.add') : editing.name}
          go={editing === 'new' ? t('add') : t('ui:save')}
          onClose={() => setEditing(null)}
          onSend={send}
        >
          <TextField
            label={t('sites.name')}
            name="name"
            defaultValue={editing === 'new' ? '' : editing.name}
            required
            data-first
          />
          {editing === 'new' && (
            <>
              <TextField label={t('sites.code')} hint={t('sites.codeHint')} name="code" required />
              <SelectField label={t('sites.level')} name="level" defaultValue="county">
                {levels.map((level) => (
                  <option key={level} value={level}>
                    {t(`level.${level}`)}
                  </option>
                ))}
              </SelectField>
              <SelectField label={t('sites.parent')} name="parent_id" defaultValue="">
                <option value="">{t('none')}</option>
                {sites.data?.items.map((site) => (
                  <option key={site.id} value={site.id}>
                    {site.name}
                  </option>
                ))}
              </SelectField>
            </>
          )}
        </FormPanel>
      )}
    </>
  );
}
