import { imageLoader, type Types } from '@cornerstonejs/core';
import loader from '@cornerstonejs/dicom-image-loader';

type Drawn = Pick<Types.IImage, 'rows' | 'columns' | 'color'> & {
  getPixelData: () => { length: number };
  imageFrame?: { bitsAllocated?: number };
};

/** Whether there is a value for each place of the picture. A graphics card is given what there is, and keeps the last picture in the rest. */
export function isWhole(image: Drawn): boolean {
  const values = image.rows * image.columns * (image.color ? 3 : 1);
  const needed = image.imageFrame?.bitsAllocated === 1 ? Math.ceil(values / 8) : values;
  return image.getPixelData().length >= needed;
}

/** Frames come by the library's loader; one that ends early is an error and never drawn. */
export function loadWholeFrames(): void {
  imageLoader.registerImageLoader('wadors', (imageId, options) => {
    const given: Types.IImageLoadObject = loader.wadors.loadImage(imageId, options);
    const promise = given.promise.then((image) => {
      if (!isWhole(image)) throw new Error('the frame ends early');
      return image;
    });
    // A picture that is shown while it comes is followed by this; the end of it is the promise's.
    const iterator: unknown = Reflect.get(given.promise, 'iterator');
    return { ...given, promise: iterator ? Object.assign(promise, { iterator }) : promise };
  });
}
