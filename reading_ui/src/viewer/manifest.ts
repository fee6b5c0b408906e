/** The study manifest as the server writes it (`GET /api/studies/{id}/manifest`). */

export type SeriesKind = 'images' | 'video' | 'ecg' | 'pdf' | 'sr' | 'other';

export interface Problem {
  code: string;
  detail?: string;
}

export interface ManifestInstance {
  sop_uid: string;
  sop_class: string;
  sop_class_name?: string;
  transfer_syntax: string;
  number?: number | null;
  frames?: number | null;
  rows?: number | null;
  columns?: number | null;
  preview?: string | null;
  /** The transfer syntax in which every frame is kept once more for slow lines. */
  rendition?: string | null;
  problem?: Problem | null;
}

export interface ManifestSeries {
  series_uid: string;
  number?: number | null;
  description?: string | null;
  modality?: string | null;
  kind: SeriesKind;
  frames_total?: number | null;
  thumb?: string | null;
  instances: ManifestInstance[];
  geometry?: { regular: boolean; spacing?: number | null; reason?: string | null } | null;
  window?: { center: number; width: number } | null;
}

export interface Manifest {
  version: number;
  study_uid: string;
  /** Same-origin path of the study, e.g. `/dicom-web/studies/1.2.3`. */
  dicomweb: string;
  series: ManifestSeries[];
}
