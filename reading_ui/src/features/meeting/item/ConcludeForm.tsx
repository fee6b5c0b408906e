import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/api/session';
import { Button } from '@/ui/Button';
import { TextArea } from '@/ui/Field';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import type { Item, Meeting, Member } from '../types';
import { useDeed } from '../useMeeting';
import { useSpecialty } from '../Words';
import { Dissents } from './Dissents';
import { Recommendations } from './Recommendations';
import { complete, keepDraft, minutesOf, startOf, type Written } from './writing';

/** 分期, 可选方案, 推荐意见, 依据, 保留意见, 后续建议: what the chair sets down. It outlives a reload of the page. */
export function ConcludeForm({
  meeting,
  item,
  onDone,
}: {
  meeting: Meeting;
  item: Item;
  onDone: () => void;
}) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const person = useSession((session) => session.me?.person.id ?? '');
  const [written, setWritten] = useState<Written>(() => startOf(person, item));
  const change = (part: Partial<Written>) => {
    const next = { ...written, ...part };
    setWritten(next);
    keepDraft(person, item.id, next);
  };
  const save = useDeed<Item>(meeting.id, 'conclude', () => {
    keepDraft(person, item.id, null);
    onDone();
  });
  const first = item.conclusion === null;
  const here: Member[] = first
    ? meeting.members.filter(({ person }) => meeting.present.includes(person.id))
    : item.attended;
  const opinion = first ? !meeting.quorum.met : item.conclusion?.kind === 'opinion';
  const context = opinion ? 'opinion' : 'conclusion';
  const kind = t(`kind.${context}`);
  return (
    <form
      className={styles.form}
      data-testid="conclude"
      onSubmit={(event) => {
        event.preventDefault();
        if (!complete(written)) return;
        const version = item.conclusion?.version ?? null;
        save.mutate(() => calls.conclude(meeting.id, item.id, minutesOf(written), version));
      }}
    >
      {opinion && (
        <p className={styles.said} data-tone="wait" role="status">
          <b>{t('quorum.notMet')}</b>{' '}
          {first && meeting.quorum.lacking.length > 0
            ? t('conclude.willBeOpinion', { lacking: meeting.quorum.lacking.map(word).join(t('comma')) })
            : t('conclude.opinionWhy')}
        </p>
      )}
      {(['stage', 'options', 'recommendation', 'evidence'] as const).map((key) => (
        <TextArea
          key={key}
          label={t(`conclude.${key}`)}
          rows={key === 'recommendation' ? 3 : 2}
          maxLength={4000}
          placeholder={t(`conclude.placeholder.${key}`)}
          value={written[key]}
          onChange={(event) => change({ [key]: event.target.value })}
        />
      ))}
      <Dissents here={here} all={written.dissent} onChange={(dissent) => change({ dissent })} />
      <Recommendations
        owners={item.owners}
        all={written.recommendations}
        onChange={(recommendations) => change({ recommendations })}
      />
      <div className={styles.actions}>
        <Button type="submit" tone="next" busy={save.isPending} disabled={!complete(written)}>
          {t(first ? 'conclude.send' : 'conclude.change', { kind, context })}
        </Button>
        {!first && (
          <Button tone="bare" onClick={onDone}>
            {t('ui:cancel')}
          </Button>
        )}
      </div>
    </form>
  );
}
