/** What this feature keeps of the server, so that one change can name everything it makes stale. */
export const caseKeys = {
  cases: ['cases'] as const,
  one: (id: string) => ['case', id] as const,
  timeline: (id: string) => ['case', id, 'timeline'] as const,
  consultations: (id: string) => ['consultations', 'of-case', id] as const,
  criticals: (id: string) => ['criticals', 'of-case', id] as const,
  meetings: (id: string) => ['meetings', 'of-case', id] as const,
  meeting: (id: string) => ['meeting', id] as const,
  referrals: ['referrals'] as const,
  referral: (id: string) => ['referral', id] as const,
  library: ['referral-criteria'] as const,
  followUps: ['follow-ups'] as const,
  sites: ['sites'] as const,
};
