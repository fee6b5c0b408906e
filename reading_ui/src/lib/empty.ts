/** Stands in for a package that the browser must not load (see `resolve.alias` in vite.config.ts). */
export const create = (): never => {
  throw new Error('XML writing is not available in the browser build');
};
export default {};
