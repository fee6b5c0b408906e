type Words = Record<string, unknown>;

/** `/src/features/worklist/i18n/en.json` is the namespace `worklist`. */
export function byNamespace(files: Record<string, Words>): Record<string, Words> {
  const found: Record<string, Words> = {};
  for (const [path, words] of Object.entries(files)) {
    const namespace = path.split('/').at(-3);
    if (namespace) found[namespace] = words;
  }
  return found;
}
