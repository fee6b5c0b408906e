import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '@/ui/Dialog';
import { panelDraft, panelOf, seatsAll } from '../boards/draft';
import { People } from '../boards/People';
import * as calls from '../calls';
import { FormEnd } from '../FormEnd';
import styles from '../meeting.module.css';
import type { Meeting } from '../types';
import { useDeed } from '../useMeeting';

/** Who takes part from now on: who is taken out sees the cases no longer, who is added is invited. */
export function MembersForm({ meeting, onClose }: { meeting: Meeting; onClose: () => void }) {
  const { t } = useTranslation('meeting');
  const [draft, setDraft] = useState(() => panelDraft(meeting));
  const save = useDeed<Meeting>(meeting.id, 'members', onClose);
  const ready = seatsAll(draft, meeting.specialties);
  return (
    <Dialog title={t('verb.set_members')} onClose={onClose} wide>
      <form
        className={styles.form}
        data-testid="members-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          const { members, chair_id } = panelOf(draft);
          save.mutate(() =>
            calls.act(meeting.id, 'members', { members, chair_id, version: meeting.version }),
          );
        }}
      >
        <People draft={draft} onChange={setDraft} known={meeting.members} fixed={meeting.specialties} />
        <p className={ready ? styles.dim : styles.warn}>{t(ready ? 'membersHint' : 'membersNeeds')}</p>
        <FormEnd send={t('ui:save')} busy={save.isPending} ready={ready} onBack={onClose} />
      </form>
    </Dialog>
  );
}
