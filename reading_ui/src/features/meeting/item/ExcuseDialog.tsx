import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { TextArea } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import { SignDialog as Asks } from '@/ui/SignDialog';
import { toast } from '@/ui/toast';
import * as calls from '../calls';
import { keys } from '../calls';
import type { Conclusion, Item, Meeting } from '../types';
import { PatientWords, useSpecialty } from '../Words';

interface Props {
  meeting: Meeting;
  item: Item;
  conclusion: Conclusion;
  role: string;
  onClose: () => void;
}

/** A specialty that cannot sign any more: the chair writes down why, and signs that. */
export function ExcuseDialog({ meeting, item, conclusion, role, onClose }: Props) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const cache = useQueryClient();
  const [reason, setReason] = useState('');
  const excuse = async (password: string) => {
    const words = { role, reason: reason.trim(), password, version: conclusion.version };
    try {
      await calls.excuse(meeting.id, item.id, words);
      onClose();
      toast(t('done.excuse'));
    } finally {
      for (const queryKey of [keys.meeting(meeting.id), keys.meetings, keysOf.desk])
        void cache.invalidateQueries({ queryKey });
    }
  };
  return (
    <Asks
      title={t('excuse.title', { specialty: word(role) })}
      words={{ note: t('excuse.note'), password: t('sign.password'), now: t('excuse.now') }}
      version={conclusion.version}
      ready={reason.trim() !== ''}
      sign={excuse}
      explain={problemText}
      onClose={onClose}
      who={<PatientWords patient={item.patient} />}
      what={
        <TextArea
          label={t('excuse.reason')}
          rows={2}
          data-first
          maxLength={200}
          value={reason}
          placeholder={t('excuse.placeholder')}
          onChange={(event) => setReason(event.target.value)}
        />
      }
    />
  );
}
