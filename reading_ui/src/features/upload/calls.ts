import { get, post, putBytes } from '@/api/client';
import type { components } from '@/api/schema';

type Schemas = components['schemas'];
export type UploadState = Schemas['UploadState'];
export type UploadSite = Schemas['UploadSite'];
export type Gateway = Schemas['Gateway'];
export type EndState = Schemas['EndState'];

export interface Announced {
  name: string;
  size: number;
  sha256: string;
}

export const CHUNK = 1 << 20;

export const uploadSites = () => get<Schemas['UploadSites']>('/api/uploads/sites');

export const gateways = () => get<Schemas['Gateways']>('/api/gateways');

/** `instances`: how many objects the study of these files has, sent already or not. */
export const announce = (
  siteId: string,
  priority: string,
  files: Announced[],
  study: { uid: string; instances: number },
  signal: AbortSignal,
) =>
  post<Schemas['UploadStates']>(
    '/api/uploads',
    {
      site_id: siteId,
      priority,
      chunk_size: CHUNK,
      files,
      studies: [{ study_uid: study.uid, instances: study.instances }],
    },
    { signal },
  );

/** One chunk; `whole` when it is the whole file, which is taken in with it. */
export const putChunk = (
  id: string,
  offset: number,
  chunk: Blob,
  sha256: string,
  whole: boolean,
  signal: AbortSignal,
) =>
  putBytes<UploadState>(
    `/api/uploads/${id}/chunks/${offset}`,
    chunk,
    { whole },
    { 'Content-Type': 'application/octet-stream', 'X-Chunk-SHA256': sha256 },
    { signal },
  );

export const finish = (id: string, signal: AbortSignal) =>
  post<UploadState>(`/api/uploads/${id}/finish`, {}, { signal });

/** So many of the instances were not taken: those of them that are `named`, and others. */
export const endStudy = (
  siteId: string,
  studyUid: string,
  instances: number,
  missing: number,
  named: string[],
) =>
  post<EndState>('/api/uploads/studies/end', {
    site_id: siteId,
    study_uid: studyUid,
    instances,
    missing,
    named,
  });
