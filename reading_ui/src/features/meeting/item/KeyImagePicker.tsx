import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { studyDay } from '@/lib/time';
import { Button } from '@/ui/Button';
import { SelectField } from '@/ui/Field';
import styles from '../meeting.module.css';
import type { Item, KeyImage } from '../types';
import { KeyImages, sameImage } from './KeyImages';
import { usePictures } from './usePictures';

interface Props {
  item: Item;
  value: KeyImage[];
  onChange: (images: KeyImage[]) => void;
}

/** Which pictures of the case the specialty wants to show: study, series, slice. */
export function KeyImagePicker({ item, value, onChange }: Props) {
  const { t } = useTranslation('meeting');
  const studies = item.studies.filter(({ images }) => images);
  const [study, setStudy] = useState(studies[0]?.study_id ?? '');
  const [series, setSeries] = useState('');
  const [place, setPlace] = useState(0);
  const pictures = usePictures(study || null);
  const all = pictures.data?.series ?? [];
  const shown = all.find(({ series_uid: uid }) => uid === series) ?? all[0];
  const at = Math.min(place, (shown?.slices.length ?? 1) - 1);
  const slice = shown?.slices[at];
  const image = shown && slice && { study_id: study, series_uid: shown.series_uid, ...slice };
  const known = image !== undefined && value.some((one) => sameImage(one, image));
  if (studies.length === 0) return null;
  return (
    <fieldset className={styles.picker} data-testid="key-image-picker">
      <legend>{t('keyImages.title')}</legend>
      <KeyImages
        item={item}
        images={value}
        onRemove={(gone) => onChange(value.filter((one) => !sameImage(one, gone)))}
      />
      <div className={styles.line}>
        <SelectField
          label={t('keyImages.study')}
          value={study}
          onChange={(event) => {
            setStudy(event.target.value);
            setSeries('');
            setPlace(0);
          }}
        >
          {studies.map((one) => (
            <option key={one.study_id} value={one.study_id}>
              {[one.modalities.join('/'), one.description, studyDay(one.study_at)].filter(Boolean).join(' ')}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t('keyImages.series')}
          value={shown?.series_uid ?? ''}
          onChange={(event) => {
            setSeries(event.target.value);
            setPlace(0);
          }}
        >
          {all.map((one) => (
            <option key={one.series_uid} value={one.series_uid}>
              {one.name} · {t('keyImages.count', { count: one.slices.length })}
            </option>
          ))}
        </SelectField>
      </div>
      {image && pictures.data && (
        <div className={styles.pick}>
          <img src={pictures.data.url(image)} alt={t('keyImages.preview')} />
          <label>
            {t('keyImages.slice', { n: at + 1, all: shown.slices.length })}
            <input
              type="range"
              min={0}
              max={shown.slices.length - 1}
              value={at}
              onChange={(event) => setPlace(Number(event.target.value))}
            />
          </label>
          <Button
            icon="plus"
            disabled={known || value.length >= MOST}
            onClick={() => onChange([...value, image])}
          >
            {t(known ? 'keyImages.known' : 'keyImages.add')}
          </Button>
        </div>
      )}
    </fieldset>
  );
}

const MOST = 30;
