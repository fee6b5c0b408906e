import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import type { ReportView } from '@/api/types';
import { Button } from './Button';
import { Dialog } from './Dialog';
import styles from './Ground.module.css';
import { Icon } from './icons';

/** What has become of the images that a signed report rests on, as the study's latest answer says it. */
type Ground = Pick<ReportView, 'late_images' | 'withdrawn'>;

const isShaken = ({ late_images, withdrawn }: Ground): boolean => late_images || withdrawn > 0;

/** Beside every signed report whose ground has changed, until an addendum has answered it: the same words on every screen. */
export function GroundWords({ ground }: { ground: Ground }) {
  const { t } = useTranslation('ui');
  if (!isShaken(ground)) return null;
  return (
    <ul className={styles.words} data-testid="ground">
      {ground.withdrawn > 0 && (
        <li data-tone="red">
          <Icon name="alarm" size={14} /> {t('ground.withdrawn', { count: ground.withdrawn })}
        </li>
      )}
      {ground.late_images && (
        <li>
          <Icon name="layers" size={14} /> {t('ground.late')}
        </li>
      )}
    </ul>
  );
}

interface Props {
  reportId: string;
  ground: Ground;
  className?: string;
  children: ReactNode;
}

/** The way to the signed paper. It is printed as it was signed, so what has changed since is said before it opens. */
export function PaperLink({ reportId, ground, className, children }: Props) {
  const { t } = useTranslation('ui');
  const [asking, setAsking] = useState(false);
  const way = calls.pdfUrl(reportId);
  if (!isShaken(ground))
    return (
      <a className={className} href={way} target="_blank" rel="noreferrer">
        {children}
      </a>
    );
  return (
    <>
      <Button icon="alarm" aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {t('ground.paper')}
      </Button>
      {asking && (
        <Dialog title={t('ground.before')} onClose={() => setAsking(false)}>
          <GroundWords ground={ground} />
          <p>{t('ground.asSigned')}</p>
          <div className={styles.end}>
            <Button data-first onClick={() => setAsking(false)}>
              {t('ground.notNow')}
            </Button>
            <a
              className={styles.paper}
              href={way}
              target="_blank"
              rel="noreferrer"
              onClick={() => setAsking(false)}
            >
              {t('ground.open')}
            </a>
          </div>
        </Dialog>
      )}
    </>
  );
}
