import type { RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import type { Connection } from '@/live';
import { Button } from '@/ui/Button';
import { Freshness } from '@/ui/Freshness';
import { SearchBox } from '@/ui/SearchBox';
import { Segments } from '@/ui/Segments';
import { Empty } from '@/ui/States';
import styles from './list.module.css';
import { countOf, type Hat, type Shelf, shelves } from './shelves';
import { urgencies } from './types';

interface Props {
  hats: Hat[];
  hat: Hat;
  shelf: Shelf;
  /** Absent until the first answer. */
  counts: Record<string, number> | null;
  shown: number;
  urgency: string;
  freshAt: number;
  line: Connection;
  box: RefObject<HTMLInputElement | null>;
  text: string;
  onText: (text: string) => void;
  onShow: (change: Record<string, string>) => void;
}

/** Which side, which shelf, how urgent; how fresh; search; a new request. */
export function Toolbar(props: Props) {
  const { hats, hat, shelf, counts, shown, urgency, freshAt, line, box, text, onText, onShow } = props;
  const { t } = useTranslation('consult');
  const navigate = useNavigate();
  return (
    <header className={styles.toolbar}>
      <div className={styles.tools}>
        {hats.length > 1 && (
          <Segments
            label={t('hats')}
            segments={hats.map((key) => ({ key, label: t(`hat.${key}`) }))}
            chosen={hat}
            onChoose={(key) => onShow({ as: key, shelf: '' })}
          />
        )}
        {hats.length > 1 && <span className={styles.divider} />}
        <Segments
          label={t('shelves')}
          segments={shelves[hat].map((one) => ({
            key: one.key,
            label: t(`shelf.${one.key}`),
            count: counts
              ? (countOf(hat, one, counts) ?? (one.key === shelf.key ? shown : undefined))
              : undefined,
          }))}
          chosen={shelf.key}
          onChoose={(key) => onShow({ shelf: key })}
        />
        <span className={styles.rest}>
          <Freshness at={freshAt} line={line} />
        </span>
      </div>
      <div className={styles.tools}>
        <select
          className={styles.select}
          aria-label={t('column.urgency')}
          value={urgency}
          onChange={(event) => onShow({ urgency: event.target.value })}
        >
          <option value="">{t('anyUrgency')}</option>
          {urgencies.map((key) => (
            <option key={key} value={key}>
              {t(`urgency.${key}`)}
            </option>
          ))}
        </select>
        <SearchBox box={box} value={text} onValue={onText} placeholder={t('search')} />
        <span className={styles.rest}>
          <Link to="/experts">{t('experts.title')}</Link>
          {hat === 'ask' && (
            <Button tone="next" icon="plus" keys="n" onClick={() => navigate('/consultations/new')}>
              {t('new')}
            </Button>
          )}
        </span>
      </div>
    </header>
  );
}

interface NothingProps {
  hat: Hat;
  shelf: Shelf;
  narrowed: boolean;
  onWiden: () => void;
}

/** Why there is nothing, and what would fill it. */
export function Nothing({ hat, shelf, narrowed, onWiden }: NothingProps) {
  const { t } = useTranslation('consult');
  const navigate = useNavigate();
  if (narrowed) {
    return (
      <Empty icon="search" title={t('empty.narrowed')}>
        <Button onClick={onWiden}>{t('empty.widen')}</Button>
      </Empty>
    );
  }
  return (
    <Empty
      icon={hat === 'ask' ? 'question' : 'check'}
      title={t(`empty.${hat}.${shelf.key}`, { defaultValue: t('empty.plain') })}
    >
      {hat === 'ask' && !shelf.ended ? (
        <Button icon="plus" onClick={() => navigate('/consultations/new')}>
          {t('new')}
        </Button>
      ) : (
        t(`empty.hint.${hat}`)
      )}
    </Empty>
  );
}
