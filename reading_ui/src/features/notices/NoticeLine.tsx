import type { Notice } from '@/api/types';
import { Time } from '@/ui/Time';
import styles from './notices.module.css';
import { noticeText } from './words';

export function NoticeLine({ notice }: { notice: Notice }) {
  return (
    <span className={styles.line}>
      <span>{noticeText(notice)}</span>
      <span className={styles.at}>
        <Time at={notice.at} />
      </span>
    </span>
  );
}
