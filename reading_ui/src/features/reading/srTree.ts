/** A structured report as the server tells it (`/objects/{sop}/sr`): names, values and what hangs below them. */
export interface SrNode {
  name: string;
  value: string;
  children: SrNode[];
}

const record = (found: unknown): Record<string, unknown> | null =>
  typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : null;

const words = (found: unknown): string =>
  typeof found === 'string' || typeof found === 'number' ? String(found) : '';

const first = (node: Record<string, unknown>, keys: string[]): string =>
  keys.map((key) => words(node[key])).find((word) => word !== '') ?? '';

/** Reads the tree without trusting its depth: beyond 40 levels nothing legible is left. */
export function srTree(body: unknown, depth = 0): SrNode | null {
  const node = record(body);
  if (!node || depth > 40) return null;
  const below = [node.children, node.items, node.content, node.tree].find(Array.isArray) ?? [];
  const value = first(node, ['value', 'text']);
  const unit = first(node, ['unit', 'units']);
  return {
    name: first(node, ['name', 'title', 'concept']),
    value: [value, unit].filter(Boolean).join(' '),
    children: below.flatMap((child) => srTree(child, depth + 1) ?? []),
  };
}
