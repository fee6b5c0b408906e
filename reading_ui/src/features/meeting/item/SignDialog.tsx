import { useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import { IdentityStrip } from '@/ui/IdentityStrip';
import { problemText } from '@/ui/problemText';
import { SignDialog as Asks } from '@/ui/SignDialog';
import { toast } from '@/ui/toast';
import * as calls from '../calls';
import { keys } from '../calls';
import type { Conclusion, Item, Meeting } from '../types';
import { ConclusionText } from './ConclusionText';

interface Props {
  meeting: Meeting;
  item: Item;
  conclusion: Conclusion;
  onClose: () => void;
}

/** The conclusion as it will be signed. */
export function SignDialog({ meeting, item, conclusion, onClose }: Props) {
  const { t } = useTranslation('meeting');
  const cache = useQueryClient();
  const sign = async (password: string) => {
    try {
      await calls.sign(meeting.id, item.id, password, conclusion.version);
      onClose();
      toast(t('done.sign'));
    } finally {
      for (const queryKey of [keys.meeting(meeting.id), keys.meetings, keysOf.desk])
        void cache.invalidateQueries({ queryKey });
    }
  };
  return (
    <Asks
      title={t('sign.title', { kind: t(`kind.${conclusion.kind}`), context: conclusion.kind })}
      words={{ note: t('sign.what'), password: t('sign.password'), now: t('sign.now') }}
      version={conclusion.version}
      sign={sign}
      explain={problemText}
      onClose={onClose}
      who={
        item.patient && (
          <IdentityStrip
            patient={item.patient}
            siteName={item.proposed_site.name}
            studyAt={item.studies[0]?.study_at ?? null}
            description={item.case_title}
          />
        )
      }
      what={<ConclusionText conclusion={conclusion} />}
    />
  );
}
