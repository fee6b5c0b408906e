import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import { SelectField, TextField } from '@/ui/Field';
import * as calls from '../calls';
import styles from '../meeting.module.css';
import { type Member, specialties } from '../types';
import { useSpecialty } from '../Words';
import { type PanelDraft, withMember } from './draft';

interface Props<Draft extends PanelDraft> {
  draft: Draft;
  /** Who takes part already: they are called by name also when the directory has them no longer. */
  known?: readonly Member[] | undefined;
  /** A meeting's specialties stay as they were planned, and its quorum too. */
  fixed?: readonly string[];
  onChange: (draft: Draft) => void;
}

/** Who takes part, for which specialty, who presides; and what makes a quorum. */
export function People<Draft extends PanelDraft>({
  draft,
  known: before = [],
  fixed,
  onChange,
}: Props<Draft>) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const found = useQuery({ queryKey: ['experts', 'board'], queryFn: ({ signal }) => calls.experts(signal) });
  const known = new Map<string, string>(
    before.map(({ person }) => [person.id, [person.name, person.site?.name].join(' · ')]),
  );
  for (const one of found.data?.items ?? [])
    known.set(
      one.person_id,
      [one.name, one.specialty && word(one.specialty), one.site.name].filter(Boolean).join(' · '),
    );
  const offered = fixed ?? specialties;
  const fitting = (code: string) =>
    offered.includes(code as never) ? code : fixed ? (fixed[0] ?? '') : 'other';
  return (
    <>
      <section className={styles.part} data-testid="members">
        <h3>{t('boards.members')}</h3>
        {Object.entries(draft.members).map(([person, code]) => (
          <div key={person} className={styles.line}>
            <span className={styles.grow}>{known.get(person) ?? person}</span>
            <select
              className={styles.select}
              aria-label={t('boards.specialtyOf', { name: known.get(person)?.split(' · ')[0] ?? '' })}
              value={code}
              onChange={(event) => onChange(withMember(draft, person, event.target.value))}
            >
              {offered.map((one) => (
                <option key={one} value={one}>
                  {word(one)}
                </option>
              ))}
            </select>
            <label className={styles.tick}>
              <input
                type="radio"
                name="chair"
                checked={draft.chair === person}
                onChange={() => onChange({ ...draft, chair: person })}
              />
              {t('chair')}
            </label>
            <Button
              tone="bare"
              icon="close"
              aria-label={t('boards.remove')}
              title={t('boards.remove')}
              onClick={() => onChange(withMember(draft, person, null))}
            />
          </div>
        ))}
        <SelectField
          label={t('boards.add')}
          value=""
          hint={t('boards.addHint')}
          onChange={(event) => {
            const one = found.data?.items.find(({ person_id: id }) => id === event.target.value);
            if (one) onChange(withMember(draft, one.person_id, fitting(one.specialty)));
          }}
        >
          <option value="">{t('ui:choose')}</option>
          {(found.data?.items ?? [])
            .filter(({ person_id: id }) => !(id in draft.members))
            .map(({ person_id: id }) => (
              <option key={id} value={id}>
                {known.get(id)}
              </option>
            ))}
        </SelectField>
      </section>
      {!fixed && <QuorumFields draft={draft} onChange={onChange} />}
    </>
  );
}

function QuorumFields<Draft extends PanelDraft>({
  draft,
  onChange,
}: Pick<Props<Draft>, 'draft' | 'onChange'>) {
  const { t } = useTranslation('meeting');
  const word = useSpecialty();
  const used = [...new Set(Object.values(draft.members))];
  return (
    <section className={styles.part}>
      <h3>{t('boards.quorum')}</h3>
      <div className={styles.line}>
        <TextField
          label={t('boards.least')}
          type="number"
          min={2}
          max={Math.max(2, used.length)}
          value={draft.least}
          onChange={(event) => onChange({ ...draft, least: Number(event.target.value) })}
        />
        {used.map((code) => (
          <label key={code} className={styles.tick}>
            <input
              type="checkbox"
              checked={draft.must.includes(code)}
              onChange={(event) =>
                onChange({
                  ...draft,
                  must: event.target.checked
                    ? [...draft.must, code]
                    : draft.must.filter((one) => one !== code),
                })
              }
            />
            {t('boards.must', { specialty: word(code) })}
          </label>
        ))}
      </div>
    </section>
  );
}
