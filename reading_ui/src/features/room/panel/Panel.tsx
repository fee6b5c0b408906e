import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RoomView } from '@/api/rooms';
import { useKeys } from '@/lib/keys';
import { Button } from '@/ui/Button';
import { Segments } from '@/ui/Segments';
import { waitingOf } from '../people';
import styles from './panel.module.css';

export type Tab = 'materials' | 'opinion' | 'chat' | 'members';

interface Props {
  room: RoomView;
  tabs: Partial<Record<Tab, ReactNode>>;
  /** The tab to bring up; again with another object. */
  wanted: { tab: Tab } | null;
}

const ORDER: readonly Tab[] = ['materials', 'opinion', 'chat', 'members'];

/** On a telephone it begins folded away: the pictures come first. */
const narrow = () => window.matchMedia('(max-width: 700px)').matches;

/** Materials, opinion, chat and members at the right; folded away it leaves the room to the pictures. */
export function Panel({ room, tabs, wanted }: Props) {
  const { t } = useTranslation('room');
  const open = ORDER.filter((tab) => tabs[tab] !== undefined);
  const [chosen, setChosen] = useState<Tab>(open[0] ?? 'materials');
  const [folded, setFolded] = useState(narrow);
  useEffect(() => {
    if (!wanted) return;
    setFolded(false);
    setChosen(wanted.tab);
  }, [wanted]);
  const unread = useUnread(room, chosen === 'chat' && !folded);
  const waiting = waitingOf(room).length;
  const fold = () => setFolded(!folded);
  useKeys('room', [
    { keys: '\\', label: 'room:panel.fold', run: fold },
    ...open.map((tab, index) => ({
      keys: `alt+${index + 1}`,
      label: `room:tab.${tab}`,
      run: () => {
        setFolded(false);
        setChosen(tab);
      },
    })),
  ]);
  const counts: Partial<Record<Tab, number>> = {
    ...(unread > 0 && { chat: unread }),
    ...(waiting > 0 && { members: waiting }),
  };
  return (
    <aside className={folded ? styles.folded : styles.panel} aria-label={t('panel.label')}>
      {folded ? (
        <Button
          tone="bare"
          icon="columns"
          aria-label={t('panel.unfold')}
          title={t('panel.unfold')}
          onClick={fold}
        />
      ) : (
        <header className={styles.head}>
          <Segments
            label={t('panel.label')}
            segments={open.map((key) => ({ key, label: t(wordOf(key, room)), count: counts[key] }))}
            chosen={chosen}
            onChoose={setChosen}
          />
          <Button
            tone="bare"
            icon="right"
            aria-label={t('panel.fold')}
            title={t('panel.fold')}
            onClick={fold}
          />
        </header>
      )}
      {open.map((tab) => (
        // What is being written in a tab stays while another one is looked at, and while all are folded away.
        <div key={tab} className={styles.body} hidden={folded || tab !== chosen} data-tab={tab}>
          {tabs[tab]}
        </div>
      ))}
    </aside>
  );
}

/** What is written together is an opinion in a consultation, a conclusion in a meeting. */
const wordOf = (tab: Tab, { kind }: RoomView): string =>
  tab === 'opinion' && kind === 'meeting' ? 'tab.conclusion' : `tab.${tab}`;

/** Lines written by others since the chat was last looked at. */
function useUnread({ chat, my_seat_id: mine }: RoomView, looking: boolean): number {
  const seen = useRef(chat.length);
  useEffect(() => {
    if (looking) seen.current = chat.length;
  }, [looking, chat.length]);
  return looking ? 0 : chat.slice(seen.current).filter((line) => line.seat_id !== mine).length;
}
