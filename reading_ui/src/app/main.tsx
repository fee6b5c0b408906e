import '@/ui/tokens.css';
import '@/ui/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { queryClient } from '@/api/queries';
import { startWords } from '@/lib/i18n';
import { Toasts } from '@/ui/Toasts';
import { router } from './router';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

startWords().then(() =>
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Toasts />
      </QueryClientProvider>
    </StrictMode>,
  ),
);
