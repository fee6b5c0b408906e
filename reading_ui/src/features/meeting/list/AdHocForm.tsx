import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Dialog } from '@/ui/Dialog';
import { TextField } from '@/ui/Field';
import { type PanelDraft, panelOf, seated } from '../boards/draft';
import { People } from '../boards/People';
import { WhenFields } from '../boards/WhenFields';
import * as calls from '../calls';
import { FormEnd } from '../FormEnd';
import styles from '../meeting.module.css';
import { inDays, instant, localTime } from '../times';
import type { Meeting } from '../types';
import { useDeed } from '../useMeeting';

const nobody: PanelDraft = { members: {}, chair: '', must: [], least: 2 };

/** A meeting of no board: what it is called, when, who takes part. Cases are proposed to it afterwards. */
export function AdHocForm({ siteId, onClose }: { siteId: string; onClose: () => void }) {
  const { t } = useTranslation('meeting');
  const navigate = useNavigate();
  const [title, setTitle] = useState('');
  const [when, setWhen] = useState(() => localTime(inDays(1)));
  const [minutes, setMinutes] = useState(60);
  const [panel, setPanel] = useState(nobody);
  const plan = useDeed<Meeting>('', 'plan', ({ id }) => navigate(`/meetings/${id}`));
  const starts_at = instant(when);
  const ready = title.trim() !== '' && starts_at !== null && seated(panel);
  return (
    <Dialog title={t('adHoc.title')} onClose={onClose} wide>
      <form
        className={styles.form}
        data-testid="ad-hoc"
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          const body = { ...panelOf(panel), site_id: siteId, title: title.trim(), starts_at, minutes };
          plan.mutate(() => calls.planAdHoc(body));
        }}
      >
        <TextField
          label={t('adHoc.name')}
          data-first
          maxLength={120}
          placeholder={t('adHoc.placeholder')}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
        <div className={styles.line}>
          <WhenFields when={when} minutes={minutes} onWhen={setWhen} onMinutes={setMinutes} />
        </div>
        <People draft={panel} onChange={setPanel} />
        <p className={styles.dim}>{t(seated(panel) ? 'adHoc.hint' : 'adHoc.needs')}</p>
        <FormEnd send={t('verb.plan')} busy={plan.isPending} ready={ready} onBack={onClose} />
      </form>
    </Dialog>
  );
}
