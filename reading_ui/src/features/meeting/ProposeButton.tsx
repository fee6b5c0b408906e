import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { fullTime } from '@/lib/time';
import { Button } from '@/ui/Button';
import { Dialog } from '@/ui/Dialog';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import * as calls from './calls';
import { keys } from './calls';
import { FormEnd } from './FormEnd';
import styles from './meeting.module.css';
import type { Item } from './types';
import { useDeed } from './useMeeting';
import { useSpecialty } from './Words';

interface Props {
  caseId: string;
  fromKind: 'case' | 'consultation' | 'referral' | 'report';
  fromId?: string;
  question?: string;
}

/** "提交 MDT": chooses a board's next meeting and asks. */
export function ProposeButton(props: Props) {
  const { t } = useTranslation('meeting');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('propose.open')}</Button>
      {open && (
        <Dialog title={t('propose.title')} onClose={() => setOpen(false)} wide>
          <ProposeForm {...props} onClose={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function ProposeForm({
  caseId,
  fromKind,
  fromId,
  question: given = '',
  onClose,
}: Props & { onClose: () => void }) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const navigate = useNavigate();
  const [chosen, setChosen] = useState('');
  const [question, setQuestion] = useState(given);
  const [minutes, setMinutes] = useState(15);
  const [urgent, setUrgent] = useState(false);
  const found = useQuery({ queryKey: keys.boards, queryFn: ({ signal }) => calls.boards({}, signal) });
  const offers = (found.data?.items ?? []).flatMap((board) =>
    board.open.map((meeting) => ({ board, meeting })),
  );
  const offer = offers.find(({ meeting }) => meeting.id === chosen) ?? offers[0];
  const send = useDeed<Item>(offer?.meeting.id ?? '', 'propose', (item) => {
    onClose();
    navigate(`/meetings/${item.meeting_id}/items/${item.id}`);
  });
  if (found.isPending) return <SkeletonRows rows={5} />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  if (!offer) return <Empty title={t('propose.none')}>{t('propose.noneHint')}</Empty>;
  const late = Date.parse(offer.meeting.freeze_at) <= Date.now();
  const ready = question.trim() !== '' && (!late || urgent);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        send.mutate(() =>
          calls.propose(offer.meeting.id, {
            case_id: caseId,
            question: question.trim(),
            from_kind: fromKind,
            ...(fromId && { from_id: fromId }),
            urgent,
            minutes,
          }),
        );
      }}
    >
      <SelectField
        label={t('propose.meeting')}
        value={offer.meeting.id}
        hint={offer.board.specialties.map(word).join(t('comma'))}
        onChange={(event) => setChosen(event.target.value)}
      >
        {offers.map(({ board, meeting }) => (
          <option key={meeting.id} value={meeting.id}>
            {board.name} · {board.site.name} · {fullTime(meeting.starts_at).slice(0, 16)}
          </option>
        ))}
      </SelectField>
      <TextArea
        label={t('propose.question')}
        rows={3}
        maxLength={2000}
        data-first
        placeholder={t('propose.placeholder')}
        value={question}
        onChange={(event) => setQuestion(event.target.value)}
      />
      <TextField
        label={t('box.field')}
        type="number"
        min={3}
        max={120}
        value={minutes}
        onChange={(event) => setMinutes(Number(event.target.value))}
      />
      <label className={styles.tick}>
        <input type="checkbox" checked={urgent} onChange={(event) => setUrgent(event.target.checked)} />
        {t('propose.urgent')}
      </label>
      <p className={late ? styles.warn : styles.dim}>
        {t(late ? 'propose.late' : 'propose.freeze', { at: fullTime(offer.meeting.freeze_at).slice(0, 16) })}
      </p>
      <FormEnd send={t('propose.send')} busy={send.isPending} ready={ready} onBack={onClose} />
    </form>
  );
}
