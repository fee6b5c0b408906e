import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PersonView, Role, RoleAt, Title } from '@/api/types';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import styles from './admin.module.css';
import * as calls from './adminCalls';
import { FormPanel, textOf, textOrNull } from './FormPanel';
import { excluded, roles, titles } from './roles';
import { useChange, useSites } from './useAdmin';

interface Props {
  person: PersonView | null;
  onClose: () => void;
  onInvited: (name: string, link: string) => void;
}

export function PersonForm({ person, onClose, onInvited }: Props) {
  const { t } = useTranslation('admin');
  const sites = useSites();
  const [siteId, setSiteId] = useState(person?.site_id ?? '');
  const [held, setHeld] = useState<RoleAt[]>(person?.roles ?? []);
  const add = useChange('people', calls.addPerson, t('done.added'), true);
  const change = useChange(
    'people',
    (body: Parameters<typeof calls.changePerson>[1]) => calls.changePerson(person?.id ?? '', body),
    t('done.changed'),
    true,
  );
  const send = async (form: FormData) => {
    const name = textOf(form, 'name');
    const title = textOf(form, 'title') as Title;
    if (person) {
      await change.mutateAsync({ name, title, roles: held });
      return;
    }
    const body = {
      login: textOf(form, 'login'),
      name,
      title,
      site_id: textOrNull(form, 'site_id'),
      roles: held,
    };
    const invited = await add.mutateAsync(body);
    onInvited(name, invited.link);
  };
  return (
    <FormPanel
      title={person ? person.name : t('people.add')}
      go={person ? t('ui:save') : t('people.addAndLink')}
      onClose={onClose}
      onSend={send}
    >
      <div className={styles.pair}>
        <TextField
          label={t('people.name')}
          name="name"
          defaultValue={person?.name ?? ''}
          required
          data-first
        />
        <TextField
          label={t('people.login')}
          name="login"
          defaultValue={person?.login ?? ''}
          readOnly={person !== null}
          required
        />
      </div>
      <div className={styles.pair}>
        <SelectField label={t('people.title_')} name="title" defaultValue={person?.title ?? 'none'}>
          {titles.map((title) => (
            <option key={title} value={title}>
              {t(`ui:title.${title}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('people.site')}
          name="site_id"
          value={siteId}
          disabled={person !== null}
          onChange={(event) => setSiteId(event.target.value)}
        >
          <option value="">{t('alliance')}</option>
          {sites.data?.items.map((site) => (
            <option key={site.id} value={site.id}>
              {site.name}
            </option>
          ))}
        </SelectField>
      </div>
      <RoleRows held={held} onHeld={setHeld} siteId={siteId || null} />
    </FormPanel>
  );
}

interface RoleProps {
  held: RoleAt[];
  siteId: string | null;
  onHeld: (held: RoleAt[]) => void;
}

/** Which role at which hospital; a role that may not go together with one already held is not offered. */
function RoleRows({ held, siteId, onHeld }: RoleProps) {
  const { t } = useTranslation('admin');
  const sites = useSites();
  const taken = held.map((one) => one.role);
  const open = roles.filter((role) => !excluded(role, taken));
  const change = (index: number, next: Partial<RoleAt>) =>
    onHeld(held.map((one, place) => (place === index ? { ...one, ...next } : one)));
  return (
    <fieldset className={styles.roles}>
      <legend>{t('people.roles')}</legend>
      {held.map((one, index) => (
        <div key={`${one.role}@${one.site_id}`} className={styles.role}>
          <select
            aria-label={t('people.role')}
            value={one.role}
            onChange={(event) => change(index, { role: event.target.value as Role })}
          >
            {roles
              .filter(
                (role) =>
                  role === one.role ||
                  !excluded(
                    role,
                    taken.filter((_, place) => place !== index),
                  ),
              )
              .map((role) => (
                <option key={role} value={role}>
                  {t(`ui:role.${role}`)}
                </option>
              ))}
          </select>
          <select
            aria-label={t('people.site')}
            value={one.site_id ?? ''}
            onChange={(event) => change(index, { site_id: event.target.value || null })}
          >
            <option value="">{t('alliance')}</option>
            {sites.data?.items.map((site) => (
              <option key={site.id} value={site.id}>
                {site.name}
              </option>
            ))}
          </select>
          <Button
            tone="bare"
            icon="close"
            aria-label={t('people.dropRole')}
            onClick={() => onHeld(held.filter((_, place) => place !== index))}
          />
        </div>
      ))}
      <Button
        icon="plus"
        onClick={() => {
          const role = open.find((candidate) => !taken.includes(candidate)) ?? open[0];
          if (role) onHeld([...held, { role, site_id: siteId }]);
        }}
      >
        {t('people.addRole')}
      </Button>
    </fieldset>
  );
}
