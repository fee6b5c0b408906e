import { useTranslation } from 'react-i18next';
import { Button } from '@/ui/Button';
import styles from '../meeting.module.css';
import type { Item, KeyImage } from '../types';
import { usePictures } from './usePictures';

interface Props {
  item: Item;
  images: readonly KeyImage[];
  /** Absent: they are looked at only. */
  onRemove?: (image: KeyImage) => void;
  /** Present: a click brings the picture up. */
  onShow?: ((image: KeyImage) => void) | undefined;
}

export const sameImage = (a: KeyImage, b: KeyImage): boolean =>
  a.sop_uid === b.sop_uid && a.frame === b.frame;

/** The pictures that a specialty wants to show, as small ones. */
export function KeyImages({ item, images, onRemove, onShow }: Props) {
  const { t } = useTranslation('meeting');
  if (images.length === 0) return null;
  return (
    <ul className={styles.keyImages} aria-label={t('keyImages.title')} data-testid="key-images">
      {images.map((image, index) => (
        <li key={`${image.sop_uid}/${image.frame}`}>
          <KeyPicture item={item} image={image} name={t('keyImages.one', { n: index + 1 })} onShow={onShow} />
          {onRemove && (
            <Button
              tone="bare"
              icon="close"
              aria-label={t('keyImages.remove', { n: index + 1 })}
              onClick={() => onRemove(image)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

interface PictureProps {
  item: Item;
  image: KeyImage;
  name: string;
  onShow?: ((image: KeyImage) => void) | undefined;
}

function KeyPicture({ item, image, name, onShow }: PictureProps) {
  const may = item.studies.some(({ study_id: id, images }) => id === image.study_id && images);
  const pictures = usePictures(may ? image.study_id : null);
  const picture = pictures.data ? (
    <img src={pictures.data.url(image)} alt={name} loading="lazy" />
  ) : (
    <span className={styles.dim}>{name}</span>
  );
  if (!onShow) return picture;
  return (
    <button type="button" title={name} aria-label={name} onClick={() => onShow(image)}>
      {picture}
    </button>
  );
}
