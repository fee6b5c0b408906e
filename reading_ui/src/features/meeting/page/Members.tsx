import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import styles from '../meeting.module.css';
import type { Meeting } from '../types';
import { PersonWords, useSpecialty } from '../Words';
import { MembersForm } from './MembersForm';

/** Who takes part, by specialty; while it runs, who is in the room. */
export function Members({ meeting }: { meeting: Meeting }) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const [changing, setChanging] = useState(false);
  const here = new Set(meeting.present);
  return (
    <aside className={styles.side} data-testid="members">
      <header className={styles.line}>
        <h2 className={styles.label}>{t('members', { count: meeting.members.length })}</h2>
        {meeting.verbs.includes('set_members') && (
          <span className={styles.rest}>
            <Button tone="bare" onClick={() => setChanging(true)}>
              {t('verb.set_members')}
            </Button>
          </span>
        )}
      </header>
      {changing && <MembersForm meeting={meeting} onClose={() => setChanging(false)} />}
      {meeting.specialties.map((code) => (
        <section key={code} className={styles.part}>
          <h3>
            {word(code)}
            {meeting.quorum_rule.must.includes(code) && <span className={styles.dim}> {t('must')}</span>}
          </h3>
          <ul>
            {meeting.members
              .filter(({ specialty }) => specialty === code)
              .map(({ person }) => (
                <li key={person.id} className={styles.line}>
                  <PersonWords person={person} />
                  {person.id === meeting.chair.id && <Tag band="strong">{t('chair')}</Tag>}
                  {meeting.state === 'live' && here.has(person.id) && (
                    <Tag band="blue" icon="check">
                      {t('here')}
                    </Tag>
                  )}
                </li>
              ))}
          </ul>
        </section>
      ))}
    </aside>
  );
}
