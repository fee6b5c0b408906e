/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const backend = process.env.TELECONSULT_BACKEND ?? 'http://127.0.0.1:8080';
const proxied = Object.fromEntries(
  ['/api', '/dicom-web', '/healthz', '/socket.io'].map((path) => [
    path,
    { target: backend, ws: path === '/socket.io' },
  ]),
);

const tests = 'src/**/*.test.{ts,tsx}';
/** Tests of what a browser keeps or draws; the rest runs four times faster without one. */
const needBrowser =
  'src/{features/{report,reading}/**/*,features/room/outbox,features/upload/useUpload,lib/kept}.test.{ts,tsx}';

export default defineConfig({
  plugins: [react(), precompress()],
  resolve: {
    alias: {
      '@': here('src'),
      // vtk.js reaches Node's `events` through xmlbuilder2: the build passes but the page dies at load.
      // Only vtk's XML writer uses it, which the viewer never calls.
      xmlbuilder2: here('src/lib/empty.ts'),
    },
  },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['@cornerstonejs/dicom-image-loader'] },
  server: { proxy: proxied },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 4000,
    sourcemap: false,
    manifest: true,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: 'react', test: /node_modules\/(react|react-dom|scheduler|react-router)\// }],
        },
      },
    },
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'pure', environment: 'node', include: [tests], exclude: [needBrowser] },
      },
      { extends: true, test: { name: 'browser', environment: 'happy-dom', include: [needBrowser] } },
    ],
  },
});
