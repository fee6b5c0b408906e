import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keysOf } from '@/api/queries';
import type { Peer } from '@/api/types';
import { SelectField, TextField } from '@/ui/Field';
import styles from './admin.module.css';
import * as calls from './adminCalls';
import { isAnywhere, isOurs } from './doubts';
import { FormPanel, textOf, textOrNull } from './FormPanel';
import { lineOf, PeerLine } from './PeerLine';
import { Sure } from './Sure';
import { useChange, useSites } from './useAdmin';

interface Props {
  /** null: a new one. */
  peer: Peer | null;
  charsets: string[];
  onClose: () => void;
}

/** AE title and hospital name a device for good; where it is and how it writes names may change. */
export function PeerForm({ peer, charsets, onClose }: Props) {
  const { t } = useTranslation('admin');
  const sites = useSites();
  const ours = useQuery({
    queryKey: keysOf.admin('ours'),
    queryFn: calls.ourTitle,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [title, setTitle] = useState('');
  const [address, setAddress] = useState('');
  const add = useChange('peers', calls.addPeer, t('done.added'), true);
  const change = useChange(
    'peers',
    (body: Parameters<typeof calls.changePeer>[1]) => calls.changePeer(peer?.id ?? '', body),
    t('done.changed'),
    true,
  );
  const send = async (form: FormData) => {
    const port = textOf(form, 'port');
    const place = {
      address: textOf(form, 'address'),
      host: textOrNull(form, 'host'),
      port: port ? Number(port) : null,
      charset: textOrNull(form, 'charset'),
      receives_reports: textOf(form, 'receives_reports') === 'yes',
      line: lineOf(form, peer),
    };
    if (peer) await change.mutateAsync(place);
    else
      await add.mutateAsync({
        ...place,
        ae_title: textOf(form, 'ae_title'),
        site_id: textOf(form, 'site_id'),
      });
  };
  return (
    <FormPanel
      title={peer ? peer.ae_title : t('peers.add')}
      go={peer ? t('ui:save') : t('add')}
      onClose={onClose}
      onSend={send}
      wide
    >
      {!peer && (
        <>
          <TextField
            label={t('peers.ae')}
            hint={t('peers.aeHint')}
            name="ae_title"
            maxLength={16}
            required
            data-first
            onChange={(event) => setTitle(event.target.value)}
          />
          {isOurs(title, ours.data) && <Sure words={t('peers.sure.ours')} />}
          <SelectField label={t('peers.site')} name="site_id" defaultValue="" required>
            <option value="" disabled>
              {t('ui:choose')}
            </option>
            {sites.data?.items.map((site) => (
              <option key={site.id} value={site.id}>
                {site.name}
              </option>
            ))}
          </SelectField>
        </>
      )}
      <TextField
        label={t('peers.address')}
        hint={t('peers.addressHint')}
        name="address"
        defaultValue={peer?.address ?? ''}
        required
        onChange={(event) => setAddress(event.target.value)}
      />
      {isAnywhere(address) && address !== peer?.address && <Sure words={t('peers.sure.anywhere')} />}
      <div className={styles.pair}>
        <TextField
          label={t('peers.host')}
          hint={t('peers.hostHint')}
          name="host"
          defaultValue={peer?.host ?? ''}
        />
        <TextField
          label={t('peers.portOnly')}
          name="port"
          type="number"
          min={1}
          max={65535}
          defaultValue={peer?.port ?? ''}
        />
      </div>
      <SelectField
        label={t('peers.charset')}
        hint={t('peers.charsetHint')}
        name="charset"
        defaultValue={peer?.charset ?? ''}
      >
        <option value="">{t('peers.auto')}</option>
        {charsets.map((charset) => (
          <option key={charset} value={charset}>
            {charset}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t('peers.reports')}
        hint={t('peers.reportsHint')}
        name="receives_reports"
        defaultValue={peer?.receives_reports ? 'yes' : 'no'}
      >
        <option value="no">{t('peers.reportsNo')}</option>
        <option value="yes">{t('peers.reportsYes')}</option>
      </SelectField>
      <PeerLine peer={peer} />
    </FormPanel>
  );
}
