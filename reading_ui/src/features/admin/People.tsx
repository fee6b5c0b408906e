import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { useSession } from '@/api/session';
import type { PersonView } from '@/api/types';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { sayProblem } from '@/ui/problemText';
import styles from './admin.module.css';
import * as calls from './adminCalls';
import { LinkDialog } from './LinkDialog';
import { PersonForm } from './PersonForm';
import { Table } from './Table';
import { useChange, useSiteName } from './useAdmin';

export function People() {
  const { t } = useTranslation('admin');
  const cache = useQueryClient();
  const people = useQuery({ queryKey: keysOf.admin('people'), queryFn: calls.people });
  const nameOf = useSiteName();
  const me = useSession((session) => session.me?.person.id);
  const [editing, setEditing] = useState<PersonView | 'new' | null>(null);
  const [link, setLink] = useState<{ name: string; link: string } | null>(null);
  const change = useChange(
    'people',
    ({ id, disabled }: { id: string; disabled: boolean }) => calls.changePerson(id, { disabled }),
    t('done.changed'),
  );
  const reset = async (person: PersonView) => {
    try {
      const invited = await calls.resetPerson(person.id);
      setLink({ name: person.name, link: invited.link });
    } catch (error) {
      sayProblem(error);
    }
    void cache.invalidateQueries({ queryKey: keysOf.admin('people') });
  };
  return (
    <>
      <p className={styles.bar}>
        <Button tone="next" icon="plus" onClick={() => setEditing('new')}>
          {t('people.add')}
        </Button>
      </p>
      <Table
        heads={[
          t('people.name'),
          t('people.login'),
          t('people.title_'),
          t('people.site'),
          t('people.roles'),
          t('people.state'),
          '',
        ]}
        rows={people.data?.items}
        error={people.error}
        empty={t('people.empty')}
        onRetry={() => void people.refetch()}
        keyOf={(person) => person.id}
        dim={(person) => person.disabled}
        cells={(person) => [
          <strong key="name">{person.name}</strong>,
          person.login,
          t(`ui:title.${person.title}`),
          nameOf(person.site_id) || t('alliance'),
          person.roles
            .map((held) =>
              held.site_id === person.site_id
                ? t(`ui:role.${held.role}`)
                : `${t(`ui:role.${held.role}`)} @${nameOf(held.site_id) || t('alliance')}`,
            )
            .join(t('people.and')),
          <State key="state" person={person} />,
          <span key="buttons" className={styles.buttons}>
            <Button onClick={() => setEditing(person)}>{t('edit')}</Button>
            <Button onClick={() => void reset(person)}>{t('people.reset')}</Button>
            <Button
              disabled={person.id === me}
              title={person.id === me ? t('people.self') : undefined}
              onClick={() => change.mutate({ id: person.id, disabled: !person.disabled })}
            >
              {t(person.disabled ? 'enable' : 'disable')}
            </Button>
          </span>,
        ]}
      />
      {editing && (
        <PersonForm
          person={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onInvited={(name, url) => setLink({ name, link: url })}
        />
      )}
      {link && <LinkDialog name={link.name} link={link.link} onClose={() => setLink(null)} />}
    </>
  );
}

function State({ person }: { person: PersonView }) {
  const { t } = useTranslation('admin');
  if (person.disabled) return <Tag band="grey">{t('disabled')}</Tag>;
  if (person.locked_until && Date.parse(person.locked_until) > Date.now()) {
    return (
      <Tag band="yellow" icon="lock">
        {t('people.locked')}
      </Tag>
    );
  }
  if (!person.has_password) {
    return (
      <Tag band="yellow" icon="clock">
        {t('people.invited')}
      </Tag>
    );
  }
  return <span>{t('people.active')}</span>;
}
