import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { get } from '@/api/client';
import type { StudyView } from '@/api/types';
import { Icon } from '@/ui/icons';
import { SkeletonRows, Trouble } from '@/ui/States';
import type { Stack } from '@/viewer';
import styles from './ObjectView.module.css';
import { problemWords } from './problemWords';
import { type SrNode, srTree } from './srTree';

interface Props {
  stack: Stack;
  study: StudyView;
}

const objectUrl = ({ stack, study }: Props, part: 'pdf' | 'sr' | 'file'): string =>
  `/api/studies/${encodeURIComponent(study.study.id)}/objects/${encodeURIComponent(stack.sopUid)}/${part}`;

/** What is no picture: a document, a report, a film, or an object we can only name and hand over. */
export function ObjectView(props: Props) {
  const { t } = useTranslation('reading');
  const { stack } = props;
  const damaged = stack.damaged > 0;
  return (
    <div className={styles.object} data-testid={`object-${stack.kind}`}>
      <header className={styles.head}>
        <Icon name={stack.kind === 'pdf' || stack.kind === 'sr' ? 'report' : 'layers'} />
        <strong>{stack.description || t(`object.${stack.kind}`)}</strong>
        <span className={styles.kind}>{stack.sopClassName || stack.sopClass}</span>
        {!damaged && (
          <a href={objectUrl(props, 'file')} download>
            {t('object.download')}
          </a>
        )}
      </header>
      {stack.kind === 'pdf' && damaged && <Unshown {...props} />}
      {stack.kind === 'pdf' && !damaged && (
        <iframe
          className={styles.page}
          title={stack.description || t('object.pdf')}
          src={objectUrl(props, 'pdf')}
        />
      )}
      {stack.kind === 'sr' && <StructuredReport {...props} />}
      {(stack.kind === 'video' || stack.kind === 'other') && <Unshown {...props} />}
    </div>
  );
}

function Unshown({ stack }: Props) {
  const { t } = useTranslation('reading');
  const problem = stack.frames[0]?.problem;
  return (
    <div className={styles.unshown}>
      <Icon name="image" size={34} />
      {stack.kind !== 'pdf' && (
        <p>{t(`object.${stack.kind}Is`, { name: stack.sopClassName || stack.sopClass })}</p>
      )}
      {stack.damaged > 0 && <strong>{t('viewer:overlay.damagedAlone')}</strong>}
      {problem && <p>{problemWords(problem.code, problem.detail)}</p>}
      {stack.damaged === 0 && <p className={styles.kind}>{t('object.howToOpen')}</p>}
    </div>
  );
}

function StructuredReport(props: Props) {
  const { t } = useTranslation('reading');
  const address = objectUrl(props, 'sr');
  const report = useQuery({
    queryKey: ['sr', address],
    queryFn: () => get<unknown>(address),
    staleTime: Infinity,
  });
  if (report.isError) return <Trouble error={report.error} onRetry={() => void report.refetch()} />;
  if (report.isPending) return <SkeletonRows rows={8} />;
  const tree = srTree(report.data);
  if (!tree) return <p className={styles.unshown}>{t('object.srEmpty')}</p>;
  return (
    <article className={styles.sr}>
      <ul>
        <Branch node={tree} />
      </ul>
    </article>
  );
}

function Branch({ node }: { node: SrNode }) {
  return (
    <li>
      {node.name && <span className={styles.name}>{node.name}</span>}
      {node.value && <span className={styles.value}>{node.value}</span>}
      {node.children.length > 0 && (
        <ul>
          {node.children.map((child, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a signed document never changes its order
            <Branch key={index} node={child} />
          ))}
        </ul>
      )}
    </li>
  );
}
