import { createBrowserRouter } from 'react-router';
import { InvitationPage } from '@/features/auth';
import { readingIsAt } from '@/lib/warm';
import { Absent, Crashed, NoRole } from './Fallbacks';
import { Gate, SignedIn } from './Gate';
import { Entrance, Home } from './Home';
import { Shell } from './Shell';

const reading = () => import('./ReadingRoute');
readingIsAt(reading);

/** Each desk is its own chunk; the reading room's is fetched ahead from the worklist (lib/warm.ts). */
export const router = createBrowserRouter([
  {
    element: <Gate />,
    errorElement: <Crashed />,
    hydrateFallbackElement: <div />,
    children: [
      { path: '/login', element: <Entrance /> },
      { path: '/invitation/:token', element: <InvitationPage /> },
      {
        element: <SignedIn />,
        children: [
          { path: '/', element: <Home /> },
          {
            element: <Shell />,
            children: [
              {
                path: '/worklist',
                handle: { dark: true },
                lazy: async () => ({ Component: (await import('@/features/worklist')).WorklistPage }),
              },
              {
                path: '/county',
                lazy: async () => ({ Component: (await import('./CountyRoute')).CountyRoute }),
              },
              {
                path: '/desk',
                lazy: async () => ({ Component: (await import('@/features/desk')).DeskPage }),
              },
              {
                path: '/consultations',
                lazy: async () => ({ Component: (await import('@/features/consult')).ConsultationsPage }),
              },
              {
                path: '/consultations/new',
                lazy: async () => ({ Component: (await import('@/features/consult')).NewConsultationPage }),
              },
              {
                path: '/consultations/:id',
                lazy: async () => ({ Component: (await import('./ConsultationRoute')).ConsultationRoute }),
              },
              {
                path: '/meetings',
                lazy: async () => ({ Component: (await import('@/features/meeting')).MeetingsPage }),
              },
              {
                path: '/meetings/:id',
                lazy: async () => ({ Component: (await import('@/features/meeting')).MeetingPage }),
              },
              {
                path: '/meetings/:id/items/:item',
                lazy: async () => ({ Component: (await import('@/features/meeting')).MeetingPage }),
              },
              {
                path: '/boards',
                lazy: async () => ({ Component: (await import('@/features/meeting')).BoardsPage }),
              },
              {
                path: '/experts',
                lazy: async () => ({ Component: (await import('@/features/consult')).ExpertsPage }),
              },
              {
                path: '/studies/:studyId',
                lazy: async () => ({ Component: (await import('./StudyRoute')).StudyRoute }),
              },
              {
                path: '/cases',
                lazy: async () => ({ Component: (await import('@/features/cases')).CasesPage }),
              },
              {
                path: '/cases/:caseId',
                lazy: async () => ({ Component: (await import('./CaseRoute')).CaseRoute }),
              },
              {
                path: '/referrals',
                lazy: async () => ({ Component: (await import('@/features/cases')).ReferralsPage }),
              },
              {
                path: '/referrals/new',
                lazy: async () => ({ Component: (await import('@/features/cases')).NewReferralPage }),
              },
              {
                path: '/referrals/:referralId',
                lazy: async () => ({ Component: (await import('./ReferralRoute')).ReferralRoute }),
              },
              {
                path: '/follow-ups',
                lazy: async () => ({ Component: (await import('@/features/cases')).FollowUpsPage }),
              },
              {
                path: '/criticals',
                lazy: async () => ({ Component: (await import('@/features/critical')).CriticalsPage }),
              },
              {
                path: '/orders',
                lazy: async () => ({ Component: (await import('@/features/orders')).OrdersPage }),
              },
              {
                path: '/upload',
                lazy: async () => ({ Component: (await import('@/features/upload')).UploadPage }),
              },
              {
                path: '/arrivals',
                lazy: async () => ({ Component: (await import('@/features/arrivals')).ArrivalsPage }),
              },
              {
                path: '/parked',
                lazy: async () => ({ Component: (await import('@/features/arrivals')).ParkedPage }),
              },
              {
                path: '/rejections',
                lazy: async () => ({ Component: (await import('@/features/arrivals')).RejectedPage }),
              },
              {
                path: '/scrubs',
                lazy: async () => ({ Component: (await import('@/features/arrivals')).ScrubsPage }),
              },
              {
                path: '/lines',
                lazy: async () => ({ Component: (await import('@/features/lines')).LinesPage }),
              },
              {
                path: '/admin/:kind?',
                lazy: async () => ({ Component: (await import('@/features/admin')).AdminPage }),
              },
              {
                path: '/audit',
                lazy: async () => ({ Component: (await import('@/features/audit')).AuditPage }),
              },
              {
                path: '/call-test',
                lazy: async () => ({ Component: (await import('@/features/calltest')).CallTestPage }),
              },
              { path: '/account', element: <NoRole /> },
              { path: '*', element: <Absent /> },
            ],
          },
          {
            path: '/rooms/:roomId',
            handle: { dark: true },
            errorElement: <Crashed />,
            lazy: async () => ({ Component: (await import('./RoomRoute')).RoomRoute }),
          },
          {
            path: '/read/:studyId',
            handle: { dark: true },
            errorElement: <Crashed />,
            lazy: async () => ({ Component: (await reading()).ReadingRoute }),
          },
        ],
      },
    ],
  },
]);
