import { get, patch, post } from '@/api/client';
import type { components } from '@/api/schema';
import type { Agreement, Echo, Level, Peer, PersonView, RoleAt, Site, SlaProfile, Title } from '@/api/types';

export interface SiteBody {
  code: string;
  name: string;
  level: Level;
  parent_id: string | null;
}
export interface PeerBody {
  ae_title: string;
  address: string;
  site_id: string;
  host: string | null;
  port: number | null;
  charset: string | null;
  receives_reports: boolean;
  line: LineBody;
}
/** Left out: stays as it is. An empty certificate takes it away. */
export interface LineBody {
  tls_required: boolean;
  tls_outgoing: boolean;
  identity_name: string | null;
  most_associations: number | null;
  most_per_minute: number | null;
  certificate?: string;
  passcode?: string;
}
export interface AgreementBody {
  requesting_site_id: string;
  reading_site_id: string;
  modality: string;
  sla: string;
  rank: number;
}
export interface PersonBody {
  login: string;
  name: string;
  title: Title;
  site_id: string | null;
  roles: RoleAt[];
}
/** A link that is shown this once; by it the person sets a password. */
export interface Invited {
  id: string;
  link: string;
}
interface Items<T> {
  items: T[];
}

const at = encodeURIComponent;

export const sites = () => get<Items<Site>>('/api/admin/sites');
export const addSite = (body: SiteBody) => post<Site>('/api/admin/sites', body);
export const renameSite = (id: string, name: string) => patch<Site>(`/api/admin/sites/${at(id)}`, { name });

export const peers = () => get<Items<Peer> & { charsets: string[] }>('/api/admin/peers');
/** The title under which the platform itself is called. */
export const ourTitle = () =>
  get<components['schemas']['DeviceLines']>('/api/lines').then(({ ours }) => ours.ae_title);
export const addPeer = (body: PeerBody) => post<Peer>('/api/admin/peers', body);
export const changePeer = (
  id: string,
  body: Partial<Omit<PeerBody, 'ae_title' | 'site_id'>> & { disabled?: boolean },
) => patch<Peer>(`/api/admin/peers/${at(id)}`, body);
export const echoPeer = (id: string) => post<Echo>(`/api/admin/peers/${at(id)}/echo`);

export const readCertificate = (pem: string) =>
  post<components['schemas']['Certificate']>('/api/admin/peers/certificate', { pem });

export const agreements = () => get<Items<Agreement>>('/api/admin/agreements');
export const addAgreement = (body: AgreementBody) => post<Agreement>('/api/admin/agreements', body);
export const changeAgreement = (id: string, body: { sla?: string; rank?: number; disabled?: boolean }) =>
  patch<Agreement>(`/api/admin/agreements/${at(id)}`, body);
export const slaProfiles = () => get<Items<SlaProfile>>('/api/admin/sla-profiles');

export const people = () => get<Items<PersonView>>('/api/admin/people');
export const addPerson = (body: PersonBody) => post<Invited>('/api/admin/people', body);
export const changePerson = (
  id: string,
  body: { name?: string; title?: Title; disabled?: boolean; roles?: RoleAt[] },
) => patch<PersonView>(`/api/admin/people/${at(id)}`, body);
export const resetPerson = (id: string) => post<Invited>(`/api/admin/people/${at(id)}/reset`);
