import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import * as calls from './calls';
import { ReasonForm } from './ReasonForm';
import { useDeed } from './useOrders';

interface Props {
  orderId: string;
  studyId: string;
  differs: string[];
  onDone?: () => void;
}

/** Says that an order and a study belong together; where they contradict each other, only with a reason. */
export function LinkVerb({ orderId, studyId, differs, onDone }: Props) {
  const { t } = useTranslation('orders');
  const [asking, setAsking] = useState(false);
  const link = useDeed((reason: string) => calls.link(orderId, studyId, reason), t('done.linked'), onDone);
  return asking ? (
    <ReasonForm
      label={t('why.link')}
      go={t('verb.link')}
      busy={link.isPending}
      onSend={(reason) => link.mutate(reason)}
      onClose={() => setAsking(false)}
    />
  ) : (
    <Button busy={link.isPending} onClick={() => (differs.length > 0 ? setAsking(true) : link.mutate(''))}>
      {t('verb.link')}
    </Button>
  );
}
