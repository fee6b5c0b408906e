import { get, post, put } from '@/api/client';
import type { ReportView } from '@/api/types';
import type { Sections } from './sections';
import type { SeenImages } from './slot';

const at = encodeURIComponent;

export interface Saved {
  version: number;
  saved_at: string;
}
export interface Verified {
  valid: boolean;
  checks: Array<{ code: string; ok: boolean; params: Record<string, string | number> }>;
}

/** Gets the draft of a claimed task, or begins it. Repeats safely. */
export const draft = (taskId: string) => post<ReportView>(`/api/tasks/${at(taskId)}/report`);
export const fetchReport = (id: string) => get<ReportView>(`/api/reports/${at(id)}`);
/** Refused with `version.stale` when another window saved since `version`. */
export const save = (id: string, text: Sections, version: number) =>
  put<Saved>(`/api/reports/${at(id)}`, { ...text, version });
export const submit = (id: string, version: number) =>
  post<ReportView>(`/api/reports/${at(id)}/submit`, { version });
/** Takes the review, or keeps it when it is already ours. */
export const takeReview = (id: string) => post<ReportView>(`/api/reports/${at(id)}/take_review`);
export const releaseReview = (id: string) => post<ReportView>(`/api/reports/${at(id)}/release_review`);
export const giveBack = (id: string, reason: string) =>
  post<ReportView>(`/api/reports/${at(id)}/give_back`, { reason });
/** Refused when the text or the images are no longer what the reviewer had on the screen. */
export const sign = (id: string, password: string, version: number, images: SeenImages) =>
  post<ReportView>(`/api/reports/${at(id)}/sign`, {
    password,
    version,
    images: images.count,
    images_version: images.version,
  });
export const addend = (id: string, text: string, password: string) =>
  post<ReportView>(`/api/reports/${at(id)}/addenda`, { text, password });
export const verify = (id: string) => get<Verified>(`/api/reports/${at(id)}/verify`);
