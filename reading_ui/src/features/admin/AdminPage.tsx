import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, useParams } from 'react-router';
import { cx } from '@/lib/cx';
import { Sheet } from '@/ui/Sheet';
import { useTitle } from '@/ui/title';
import { Agreements } from './Agreements';
import styles from './admin.module.css';
import { Peers } from './Peers';
import { People } from './People';
import { Sites } from './Sites';

const kinds = ['sites', 'peers', 'agreements', 'people'] as const;
type Kind = (typeof kinds)[number];
const desks: Record<Kind, () => ReactNode> = {
  sites: Sites,
  peers: Peers,
  agreements: Agreements,
  people: People,
};

const isKind = (word: string | undefined): word is Kind => kinds.some((kind) => kind === word);

/** The alliance, set up in the order of the tabs: hospitals, their devices, who reads for whom, people. */
export function AdminPage() {
  const { t } = useTranslation('admin');
  const { kind: word } = useParams();
  const kind: Kind = isKind(word) ? word : 'sites';
  const Desk = desks[kind];
  useTitle(t(`${kind}.title`));
  return (
    <Sheet title={t('title')} hint={t(`${kind}.hint`)}>
      <nav className={styles.tabs} aria-label={t('title')}>
        {kinds.map((one) => (
          <NavLink key={one} to={`/admin/${one}`} className={cx(styles.tab, one === kind && styles.here)}>
            {t(`${one}.title`)}
          </NavLink>
        ))}
      </nav>
      <Desk />
    </Sheet>
  );
}
