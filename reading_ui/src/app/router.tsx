import { createBrowserRouter } from 'react-router';

export const router = createBrowserRouter([
  {
    path: '/read/:studyId',
    lazy: async () => ({ Component: (await import('@/features/reading')).default }),
  },
]);
