import { useTranslation } from 'react-i18next';
import type { StudyView } from '@/api/types';
import { Menu } from '@/ui/Menu';
import styles from './report.module.css';
import type { Section } from './sections';
import { PHRASES, type Template, templatesFor } from './templates';

interface TemplateProps {
  study: StudyView;
  onTemplate: (template: Template) => void;
}

/** Whole texts for a normal study. They fill empty sections and never overwrite a written one. */
export function TemplateMenu({ study, onTemplate }: TemplateProps) {
  const { t } = useTranslation('report');
  const { modalities, description, body_part } = study.study;
  const found = templatesFor(modalities, `${description} ${body_part ?? ''}`);
  if (found.length === 0) return null;
  return (
    <Menu label={t('templates')} word={t('templates')} icon="down" side="left">
      {(close) => (
        <ul className={styles.menu}>
          {found.map((template) => (
            <li key={template.id}>
              <button
                type="button"
                title={template.findings}
                onClick={() => {
                  onTemplate(template);
                  close();
                }}
              >
                {template.name}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Menu>
  );
}

/** Short phrases for the section that has the caret. */
export function PhraseMenu({ section, onPhrase }: { section: Section; onPhrase: (text: string) => void }) {
  const { t } = useTranslation('report');
  return (
    <Menu label={t('phrases')} word={t('phrases')} icon="down" side="left">
      {(close) => (
        <ul className={styles.menu}>
          <li className={styles.menuHead}>{t(`section.${section}`)}</li>
          {PHRASES[section].map((phrase) => (
            <li key={phrase}>
              <button
                type="button"
                onClick={() => {
                  onPhrase(phrase);
                  close();
                }}
              >
                {phrase}
              </button>
            </li>
          ))}
        </ul>
      )}
    </Menu>
  );
}

interface MeasureProps {
  phrases: ReadonlyArray<{ id: string; text: string }>;
  onInsert: (text: string) => void;
}

/** What has been measured on the pictures, one press away from the findings. */
export function Measures({ phrases, onInsert }: MeasureProps) {
  const { t } = useTranslation('report');
  if (phrases.length === 0) return null;
  return (
    <div className={styles.measures}>
      <span>{t('measures')}</span>
      {phrases.map(({ id, text }) => (
        <button key={id} type="button" title={t('insertHint')} onClick={() => onInsert(text)}>
          + {text}
        </button>
      ))}
      <small title={t('measuresWhy')}>{t('measuresKept')}</small>
    </div>
  );
}
