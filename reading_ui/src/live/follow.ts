/** Snapshot + facts: the pure rule by which a live screen stays true (architecture, rule 8). */

export interface LiveFact {
  subject: string;
  subject_id: string;
  version: number;
  name: string;
}

export interface Versioned {
  version: number;
}

/** Turns one fact into a newer snapshot; `null` says "I cannot, fetch it". */
export type Apply<S> = (snapshot: S, fact: LiveFact) => S | null;

export type Followed<S> = { next: S; refetch: false } | { next: S; refetch: true };

/** `have + 1` is applied, what is older or known is ignored, a gap or an unknown fact asks for a fresh snapshot. */
export function follow<S extends Versioned>(snapshot: S, fact: LiveFact, apply?: Apply<S>): Followed<S> {
  if (fact.version <= snapshot.version) return { next: snapshot, refetch: false };
  if (fact.version > snapshot.version + 1 || !apply) return { next: snapshot, refetch: true };
  const next = apply(snapshot, fact);
  if (!next) return { next: snapshot, refetch: true };
  return { next: { ...next, version: fact.version }, refetch: false };
}
