import i18next from 'i18next';
import type { CaseFact, CaseView } from '../types';
import type { About } from './about';

/** What a step says beyond its name: first lines, places, pictures, and where to look on. */
export interface Extra {
  text?: string;
  thumbs?: string[];
  link?: { to: string; label: string };
}

const MOST_THUMBS = 4;
const firstLine = (text: string | null | undefined): string =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .find(Boolean) ?? '';
const said = (fact: CaseFact, key: string): string => {
  const value = fact.details[key];
  return typeof value === 'string' ? value : '';
};

export function extraOf(fact: CaseFact, view: CaseView, about: About): Extra {
  const found = tellers[fact.subject]?.(fact, view, about) ?? {};
  return { link: linkOf(fact), ...found };
}

type Tell = (fact: CaseFact, view: CaseView, about: About) => Extra;

const tellers: Record<string, Tell> = { study, report, case: file, referral, consultation, item, followup };

function study(fact: CaseFact, view: CaseView, about: About): Extra {
  const seen = view.studies.find((one) => one.id === fact.study_id);
  if (!seen || (fact.name !== 'StudyPrepared' && fact.name !== 'StudyArrived')) return {};
  const series = about.studies.get(seen.id)?.series ?? [];
  const drawn = fact.name === 'StudyPrepared' && seen.verbs.includes('study.images');
  const thumbs = drawn ? series.flatMap((one) => (one.thumb ? [one.thumb] : [])).slice(0, MOST_THUMBS) : [];
  return { text: [seen.modalities.join('/'), seen.description].filter(Boolean).join(' · '), thumbs };
}

function report(fact: CaseFact, _view: CaseView, about: About): Extra {
  if (fact.name !== 'ReportSigned') return {};
  return { text: firstLine(about.studies.get(fact.study_id ?? '')?.report?.impression) };
}

function file(fact: CaseFact, view: CaseView): Extra {
  const found = view.attachments.find((one) => one.id === said(fact, 'attachment_id'));
  if (found) return { text: `${i18next.t(`cases:attachment.kind.${found.kind}`)} · ${found.name}` };
  if (fact.name === 'CaseOpened') return { text: view.title };
  const added = fact.name === 'CaseStudyAdded' && view.studies.find((one) => one.id === fact.study_id);
  return added ? { text: [added.modalities.join('/'), added.description].filter(Boolean).join(' · ') } : {};
}

function referral(fact: CaseFact, _view: CaseView, about: About): Extra {
  const found = about.referrals.get(fact.subject_id);
  if (!found) return {};
  const way = i18next.t(`cases:referral.direction.${found.direction}`);
  const there = found.to_site?.name ?? '';
  const words: Record<string, string> = {
    ReferralSubmitted: [`${way} → ${there}`, firstLine(found.reason || found.summary)]
      .filter(Boolean)
      .join('：'),
    ReferralAccepted: [found.department, found.bed].filter(Boolean).join(' '),
    ReferralAsked: firstLine(found.ask_text),
    ReferralAnswered: firstLine(found.answer_text),
    ReferralDeparted: [found.vehicle, found.escort].filter(Boolean).join(' · '),
    ReferralCompleted: firstLine(found.outcome_text),
    ReferralDeclined: firstLine(found.reason_text),
  };
  return { text: words[fact.name] || undefined };
}

function consultation(fact: CaseFact, _view: CaseView, about: About): Extra {
  if (fact.name === 'ConsultationSubmitted')
    return { text: firstLine(about.consultations.get(fact.subject_id)?.question) };
  if (fact.name === 'OpinionSigned')
    return { text: firstLine(about.opinions.get(fact.subject_id)?.diagnosis) };
  return {};
}

function item(fact: CaseFact, _view: CaseView, about: About): Extra {
  const found = about.items.get(fact.subject_id);
  if (fact.name === 'ItemProposed') return { text: firstLine(found?.question) };
  if (fact.name === 'ConclusionSigned') return { text: concluded(found?.conclusion) };
  return {};
}

/** What the meeting recommends, and who does not agree with it. */
function concluded(
  conclusion: { recommendation: string; dissent: readonly { text: string }[] } | null | undefined,
): string {
  const dissent = (conclusion?.dissent ?? []).map(({ text }) => firstLine(text)).filter(Boolean);
  const said = dissent.length > 0 ? i18next.t('cases:timeline.dissent', { what: dissent.join('；') }) : '';
  return [firstLine(conclusion?.recommendation), said].filter(Boolean).join(' — ');
}

function followup(fact: CaseFact, _view: CaseView, about: About): Extra {
  return { text: about.followUps.find((one) => one.id === fact.subject_id)?.text };
}

/** Where the thing itself is to be seen; the case is already here. */
function linkOf(fact: CaseFact): Extra['link'] {
  const open = i18next.t('cases:timeline.open');
  if (fact.subject === 'referral') return { to: `/referrals/${fact.subject_id}`, label: open };
  if (fact.subject === 'consultation') return { to: `/consultations/${fact.subject_id}`, label: open };
  if (fact.subject === 'item')
    return { to: `/meetings/${said(fact, 'meeting_id')}/items/${fact.subject_id}`, label: open };
  if (fact.subject === 'critical') return { to: `/criticals?id=${fact.subject_id}`, label: open };
  if (fact.study_id && fact.subject !== 'case') return { to: `/studies/${fact.study_id}`, label: open };
  return undefined;
}
