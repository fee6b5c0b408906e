import { useState } from 'react';

/** Puts a text on the clipboard; whether that has worked. */
export function useCopy(text: string): { copied: boolean; copy: () => void } {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = () =>
    void navigator.clipboard?.writeText(text).then(
      () => setCopied(text),
      () => setCopied(null),
    );
  return { copied: copied === text, copy };
}
