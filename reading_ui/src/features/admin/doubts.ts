/** Whether a device would bear the platform's own name: it is nearly always a slip of who fills in the other side's form. */
export const isOurs = (title: string, ours: string | undefined): boolean =>
  ours !== undefined && title.trim().toUpperCase() === ours.toUpperCase();

/** Whether calls from anywhere would be let in under the device's title. */
export const isAnywhere = (address: string): boolean => /^(\*|[0-9a-f.:]+\/0+)$/i.test(address.trim());
