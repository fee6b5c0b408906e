import i18next from 'i18next';
import * as api from '@/api/calls';
import type { Me, Site } from '@/api/types';
import * as calls from './calls';
import { specialtyOf } from './draft';
import type { CaseView, Centre, Draft } from './types';

/** From where a request starts: a study of the own list, or a case. */
export interface Start {
  study?: string | null;
  case?: string | null;
  /** `critical`: it is about a critical finding, so it is urgent. */
  from?: string | null;
}

const underway = new Map<string, Promise<string>>();

/** The draft to go on with: one's own of the same case if there is one, else a new one, filled with what is known. */
export function begin(start: Start, me: Me): Promise<string> {
  const key = JSON.stringify(start);
  const running = underway.get(key);
  if (running) return running;
  const beginning = drafted(start, me).finally(() => underway.delete(key));
  underway.set(key, beginning);
  return beginning;
}

async function drafted({ study, case: caseId, from }: Start, me: Me): Promise<string> {
  const about = await caseOf(study ?? null, caseId ?? null);
  const before = await calls.list({ case: about.id, state: 'draft', mine: true, limit: 1 });
  const [open] = before.items;
  if (open) return open.id;
  const body = { ...(await prefilled(about, study ?? null, me)), case_id: about.id };
  if (from === 'critical') body.urgency = 'urgent';
  return (await calls.create(body)).id;
}

/** The open case that the study belongs to, or a new one. */
async function caseOf(study: string | null, caseId: string | null): Promise<CaseView> {
  if (caseId) return calls.caseView(caseId);
  if (!study) throw new Error('a request starts from a study or a case');
  const known = await calls.cases({ study, state: 'open', limit: 1 });
  const [found] = known.items;
  if (found) return calls.caseView(found.id);
  const { study: row } = await api.study(study);
  const what = row.description || row.body_part || row.modalities.join('/');
  return calls.openCase([study], i18next.t('consult:request.caseTitle', { what }));
}

async function prefilled(about: CaseView, study: string | null, me: Me): Promise<Partial<Draft>> {
  const usable = about.studies.filter(usableIn);
  const chosen = study ? usable.filter(({ id }) => id === study) : usable;
  const [sites, centres] = await Promise.all([calls.sites(), calls.centres()]);
  const texts = [
    about.summary,
    ...(await Promise.all(chosen.map(({ id, report_id: report }) => readOf(id, report)))),
  ];
  const first = chosen[0];
  return {
    summary: texts.filter(Boolean).join('\n').slice(0, 4000),
    study_ids: chosen.map(({ id }) => id).toSorted(),
    centre_site_id: usualCentre(sites.items, centres.items, me),
    ...(first && {
      wanted_specialty: specialtyOf(first.modalities, `${first.body_part} ${first.description}`),
    }),
  };
}

/** What a signed report says, so that nobody copies it by hand. */
async function readOf(studyId: string, reportId: string | null): Promise<string> {
  if (!reportId) return '';
  const { report, study } = await api.study(studyId).catch(() => ({ report: null, study: null }));
  if (!report?.impression || !study) return '';
  const what = study.description || study.modalities.join('/');
  return i18next.t('consult:request.reportSays', { what, text: report.impression });
}

/** What can be asked about: all that is there to be seen. Pictures that came twice and differ go along, and the form says so. */
export const usableIn = ({ problem }: Pick<CaseView['studies'][number], 'problem'>): boolean =>
  !problem || problem === 'study.conflict';

/** Whom this hospital asks as a rule: the one above it, else one in the city; where somebody triages, or nobody. */
export function usualCentre(
  sites: ReadonlyArray<Pick<Site, 'id' | 'parent_id'>>,
  centres: ReadonlyArray<Pick<Centre, 'id' | 'level'>>,
  me: Pick<Me, 'person'>,
): string | null {
  const own = me.person.site?.id;
  const parent = sites.find(({ id }) => id === own)?.parent_id;
  if (parent && centres.some(({ id }) => id === parent)) return parent;
  return centres.find(({ id, level }) => level === 'city' && id !== own)?.id ?? null;
}
