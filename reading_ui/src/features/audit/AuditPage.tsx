import { keepPreviousData, useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import { keysOf } from '@/api/queries';
import { Button } from '@/ui/Button';
import { FactList } from '@/ui/facts/FactList';
import { sayProblem } from '@/ui/problemText';
import { SearchBox } from '@/ui/SearchBox';
import { Sheet } from '@/ui/Sheet';
import { Empty, SkeletonRows, Trouble } from '@/ui/States';
import { useTitle } from '@/ui/title';
import styles from './AuditPage.module.css';
import { factNames } from './factNames';
import { Verdict } from './Verdict';

const TYPING_MS = 300;

/** The journal, newest first, and the check of its chain. */
export function AuditPage() {
  const { t } = useTranslation('audit');
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [actor, setActor] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setActor(text.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const facts = useInfiniteQuery({
    queryKey: [...keysOf.audit, name, actor],
    queryFn: ({ pageParam, signal }) =>
      calls.auditFacts({ name, actor, before: pageParam, limit: 100 }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const verify = useMutation({ mutationFn: calls.auditVerify, onError: sayProblem });
  const items = facts.data?.pages.flatMap((page) => page.items) ?? [];
  useTitle(t('title'));
  return (
    <Sheet
      title={t('title')}
      hint={t('hint')}
      tools={
        <Button tone="next" icon="check" busy={verify.isPending} onClick={() => verify.mutate()}>
          {t('verify')}
        </Button>
      }
    >
      {verify.data && <Verdict found={verify.data} />}
      <div className={styles.tools}>
        <select
          aria-label={t('kind')}
          className={styles.select}
          value={name}
          onChange={(event) => setName(event.target.value)}
        >
          <option value="">{t('anyKind')}</option>
          {factNames.map((one) => (
            <option key={one} value={one}>
              {t(`facts:name.${one}`)}
            </option>
          ))}
        </select>
        <SearchBox value={text} onValue={setText} placeholder={t('actor')} />
        <Button icon="refresh" aria-label={t('ui:retry')} onClick={() => void facts.refetch()} />
      </div>
      {facts.isPending && <SkeletonRows />}
      {facts.isError && <Trouble error={facts.error} onRetry={() => void facts.refetch()} />}
      {facts.isSuccess && items.length === 0 && <Empty title={t('empty')} />}
      {items.length > 0 && (
        <div className={styles.list}>
          <FactList facts={items} linked />
        </div>
      )}
      {facts.hasNextPage && (
        <p className={styles.more}>
          <Button busy={facts.isFetchingNextPage} onClick={() => void facts.fetchNextPage()}>
            {t('more')}
          </Button>
        </p>
      )}
    </Sheet>
  );
}
