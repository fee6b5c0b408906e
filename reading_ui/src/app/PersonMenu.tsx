import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import * as calls from '@/api/calls';
import { useSession } from '@/api/session';
import { PasswordDialog, signOut } from '@/features/auth';
import { type Mood, usePrefs } from '@/lib/prefs';
import { Button } from '@/ui/Button';
import { LanguageSwitch } from '@/ui/LanguageSwitch';
import { Menu } from '@/ui/Menu';
import { Segments } from '@/ui/Segments';
import styles from './PersonMenu.module.css';

/** Who one is, in which roles; language, light, password, way out. */
export function PersonMenu() {
  const { t } = useTranslation('app');
  const me = useSession((session) => session.me);
  const mood = usePrefs((prefs) => prefs.mood);
  const set = usePrefs((prefs) => prefs.set);
  const [changing, setChanging] = useState(false);
  if (!me) return null;
  const moods: Array<{ key: Mood; label: string }> = [
    { key: 'dark', label: t('mood.dark') },
    { key: 'light', label: t('mood.light') },
  ];
  return (
    <>
      <Menu label={t('person')} icon="person" word={<span className={styles.name}>{me.person.name}</span>}>
        {(close) => (
          <div className={styles.panel}>
            <p className={styles.who}>
              <strong>{me.person.name}</strong> {t(`ui:title.${me.person.title}`)}
            </p>
            <p className={styles.site}>{me.person.site?.name ?? t('alliance')}</p>
            <ul className={styles.roles}>
              {me.roles.map((grant) => (
                <li key={`${grant.role}@${grant.site_id}`}>
                  {t(`ui:role.${grant.role}`)} · {grant.site_name ?? t('alliance')}
                </li>
              ))}
            </ul>
            <div className={styles.line}>
              <span>{t('language')}</span>
              <LanguageSwitch
                onChosen={(language) => void calls.setLanguage(language).catch(() => undefined)}
              />
            </div>
            <div className={styles.line}>
              <span>{t('mood.label')}</span>
              <Segments
                label={t('mood.label')}
                segments={moods}
                chosen={mood}
                onChoose={(key) => set({ mood: key })}
              />
            </div>
            <p className={styles.hint}>{t('mood.hint')}</p>
            <Button
              tone="bare"
              onClick={() => {
                setChanging(true);
                close();
              }}
            >
              {t('auth:password.title')}
            </Button>
            <Button tone="bare" onClick={() => void signOut()}>
              {t('signOut')}
            </Button>
          </div>
        )}
      </Menu>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}
