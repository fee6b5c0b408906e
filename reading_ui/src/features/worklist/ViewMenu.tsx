import { useTranslation } from 'react-i18next';
import { type Density, usePrefs } from '@/lib/prefs';
import { Menu } from '@/ui/Menu';
import { Segments } from '@/ui/Segments';
import { useWorklistColumns } from './columns';
import styles from './worklist.module.css';

/** Row height and columns; those without which a patient could be mistaken stay. */
export function ViewMenu() {
  const { t } = useTranslation('worklist');
  const { density, hiddenColumns, set } = usePrefs();
  const columns = useWorklistColumns(false).filter((column) => !column.fixed);
  const densities: Array<{ key: Density; label: string }> = [
    { key: 'dense', label: t('density.dense') },
    { key: 'roomy', label: t('density.roomy') },
  ];
  const toggle = (key: string) =>
    set({
      hiddenColumns: hiddenColumns.includes(key)
        ? hiddenColumns.filter((hidden) => hidden !== key)
        : [...hiddenColumns, key],
    });
  return (
    <Menu label={t('display')} icon="columns">
      {() => (
        <div className={styles.viewMenu}>
          <Segments
            label={t('density.label')}
            segments={densities}
            chosen={density}
            onChoose={(key) => set({ density: key })}
          />
          {columns.map((column) => (
            <label key={column.key}>
              <input
                type="checkbox"
                checked={!hiddenColumns.includes(column.key)}
                onChange={() => toggle(column.key)}
              />
              {column.title}
            </label>
          ))}
        </div>
      )}
    </Menu>
  );
}
