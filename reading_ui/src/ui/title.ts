import { useEffect } from 'react';

const PRODUCT = 'Teleconsult';

/** `(3) 工作列表 · Teleconsult` in the browser's tab. */
export function titleOf(page: string, count = 0): string {
  const name = page ? `${page} · ${PRODUCT}` : PRODUCT;
  return count > 0 ? `(${count}) ${name}` : name;
}

export function useTitle(page: string, count = 0): void {
  useEffect(() => {
    document.title = titleOf(page, count);
  }, [page, count]);
}
