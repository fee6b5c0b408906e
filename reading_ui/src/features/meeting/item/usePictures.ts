import { useQuery } from '@tanstack/react-query';
import * as calls from '../calls';
import type { KeyImage } from '../types';

/** One picture of a series, in the order in which it is looked through. */
export interface Slice {
  sop_uid: string;
  frame: number;
}

export interface PictureSeries {
  series_uid: string;
  name: string;
  slices: Slice[];
}

/** The pictures of a study, series by series, and where a small one of each lies. */
export function usePictures(studyId: string | null) {
  return useQuery({
    queryKey: ['meeting-pictures', studyId],
    queryFn: async ({ signal }) => {
      const found = await calls.manifest(studyId ?? '', signal);
      return {
        series: found.series.filter(({ kind }) => kind === 'images').map(seriesOf),
        url: ({ series_uid, sop_uid, frame }: Omit<KeyImage, 'study_id'>) =>
          `${found.dicomweb}/series/${series_uid}/instances/${sop_uid}/frames/${frame}/thumbnail`,
      };
    },
    enabled: studyId !== null,
    staleTime: 60_000,
  });
}

function seriesOf(one: calls.PictureManifest['series'][number]): PictureSeries {
  const name = [one.number, one.description || one.modality].filter(Boolean).join(' ');
  const slices = one.instances.flatMap(({ sop_uid, frames }) =>
    Array.from({ length: Math.max(1, frames ?? 1) }, (_, index) => ({ sop_uid, frame: index + 1 })),
  );
  return { series_uid: one.series_uid, name, slices };
}
