import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { Tag } from '@/ui/Band';
import { Button } from '@/ui/Button';
import { toast } from '@/ui/toast';
import * as calls from '../calls';
import type { CaseThen } from '../timeline/replay';
import type { CaseView } from '../types';
import styles from './CasePage.module.css';
import { useCaseVerb } from './useCase';

interface Props {
  view: CaseView;
  then: CaseThen | null;
  children?: ReactNode;
}

/** What can be asked about the case from here, and its end. In a replay: only how it stood. */
export function CaseActions({ view, then, children }: Props) {
  const { t } = useTranslation('cases');
  const navigate = useNavigate();
  const close = useCaseVerb(view.id, () => calls.closeCase(view.id, view.version));
  const reopen = useCaseVerb(view.id, () => calls.reopenCase(view.id, view.version));
  const state = then?.state === 'closed' || (!then && view.state === 'closed') ? 'closed' : 'open';
  const mayAsk = (verb: string) => !then && view.verbs.includes(verb);
  const end = () =>
    close.mutate(undefined, {
      onSuccess: () =>
        toast(t('closed'), {
          about: view.id,
          action: { label: t('ui:undo'), run: () => reopen.mutate(undefined) },
        }),
    });
  return (
    <span className={styles.actions}>
      <Tag band={state === 'open' ? 'plain' : 'grey'}>{t(`state.${state}`)}</Tag>
      {mayAsk('consult.request') && (
        <Button onClick={() => navigate(`/consultations/new?case=${view.id}`)}>{t('ask.consult')}</Button>
      )}
      {mayAsk('referral.request') && (
        <Button icon="route" onClick={() => navigate(`/referrals/new?case=${view.id}`)}>
          {t('ask.refer')}
        </Button>
      )}
      {!then && view.state === 'open' && children}
      {mayAsk('case.close') && (
        <Button busy={close.isPending} onClick={end}>
          {t('close')}
        </Button>
      )}
      {mayAsk('case.reopen') && (
        <Button busy={reopen.isPending} onClick={() => reopen.mutate(undefined)}>
          {t('reopen')}
        </Button>
      )}
    </span>
  );
}
