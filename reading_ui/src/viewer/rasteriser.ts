const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render|warp/i;

/** Renderers that draw WebGL on the processor: there our own CPU path is two to three times as fast. */
export const isSoftware = (renderer: string | null): boolean => renderer === null || SOFTWARE.test(renderer);

/** Name of the WebGL renderer, or null when there is no WebGL at all. */
export function rendererName(): string | null {
  const canvas = document.createElement('canvas');
  const gl = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
  if (!gl) return null;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name: unknown = gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return typeof name === 'string' ? name : '';
}
