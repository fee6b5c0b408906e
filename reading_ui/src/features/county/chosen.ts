/** The row that somebody chose, as long as it is in the list: what the cursor merely stands on, at first the newest, is chosen by nobody. */
export const chosenOf = <R>(rows: readonly R[], keyOf: (row: R) => string, wanted: string | null): R | null =>
  rows.find((row) => keyOf(row) === wanted) ?? null;
