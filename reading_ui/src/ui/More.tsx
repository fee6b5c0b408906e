import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button';
import styles from './More.module.css';

interface Props {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** The end of a list that goes on: fetches the next page as it comes into view, or when it is pressed. */
export function More({ hasNextPage, isFetchingNextPage, fetchNextPage }: Props) {
  const { t } = useTranslation('ui');
  const end = useRef<HTMLParagraphElement>(null);
  const next = useRef(fetchNextPage);
  next.current = fetchNextPage;
  useEffect(() => {
    if (!end.current || !hasNextPage || isFetchingNextPage) return;
    const watch = new IntersectionObserver(
      (seen) => seen.some((one) => one.isIntersecting) && next.current(),
    );
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [hasNextPage, isFetchingNextPage]);
  if (!hasNextPage) return null;
  return (
    <p ref={end} className={styles.more}>
      <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {t('more')}
      </Button>
    </p>
  );
}
