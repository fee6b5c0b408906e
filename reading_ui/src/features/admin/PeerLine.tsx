import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Peer } from '@/api/types';
import { Button } from '@/ui/Button';
import { SelectField, TextArea, TextField } from '@/ui/Field';
import { problemText } from '@/ui/problemText';
import styles from './admin.module.css';
import * as calls from './adminCalls';
import { textOf, textOrNull } from './FormPanel';

/** What the form says of the line; what nobody touched is not sent: a passcode is never told again, a certificate stays. */
export function lineOf(form: FormData, peer: Peer | null): calls.LineBody {
  const number = (name: string) => (textOf(form, name) ? Number(textOf(form, name)) : null);
  const pem = textOf(form, 'certificate');
  const passcode = textOf(form, 'passcode');
  const line: calls.LineBody = {
    tls_required: textOf(form, 'tls_required') === 'yes',
    tls_outgoing: textOf(form, 'tls_outgoing') === 'yes',
    identity_name: textOrNull(form, 'identity_name'),
    most_associations: number('most_associations'),
    most_per_minute: number('most_per_minute'),
  };
  if (pem || (peer?.fingerprint && textOf(form, 'forget_certificate') === 'yes')) line.certificate = pem;
  if (passcode) line.passcode = passcode;
  return line;
}

/** Encryption, identity and limits of a device's line. */
export function PeerLine({ peer }: { peer: Peer | null }) {
  const { t } = useTranslation('admin');
  return (
    <details
      className={styles.roles}
      open={Boolean(peer?.fingerprint || peer?.tls_required || peer?.identity_name)}
    >
      <summary>{t('line.title')}</summary>
      <div className={styles.form}>
        <div className={styles.pair}>
          <YesNo
            name="tls_required"
            label={t('line.required')}
            hint={t('line.requiredHint')}
            on={peer?.tls_required}
          />
          <YesNo
            name="tls_outgoing"
            label={t('line.outgoing')}
            hint={t('line.outgoingHint')}
            on={peer?.tls_outgoing}
          />
        </div>
        <CertificateField peer={peer} />
        <div className={styles.pair}>
          <TextField
            label={t('line.name')}
            hint={t('line.nameHint')}
            name="identity_name"
            maxLength={64}
            autoComplete="off"
            defaultValue={peer?.identity_name ?? ''}
          />
          <TextField
            label={t('line.passcode')}
            hint={t(peer?.has_passcode ? 'line.passcodeKept' : 'line.passcodeHint')}
            name="passcode"
            type="password"
            maxLength={128}
            autoComplete="new-password"
          />
        </div>
        <div className={styles.pair}>
          <TextField
            label={t('line.atOnce')}
            hint={t('line.limitHint')}
            name="most_associations"
            type="number"
            min={1}
            defaultValue={peer?.most_associations ?? ''}
          />
          <TextField
            label={t('line.aMinute')}
            hint={t('line.limitHint')}
            name="most_per_minute"
            type="number"
            min={1}
            defaultValue={peer?.most_per_minute ?? ''}
          />
        </div>
      </div>
    </details>
  );
}

function YesNo({
  name,
  label,
  hint,
  on,
}: {
  name: string;
  label: string;
  hint: string;
  on: boolean | undefined;
}) {
  const { t } = useTranslation('admin');
  return (
    <SelectField name={name} label={label} hint={hint} defaultValue={on ? 'yes' : 'no'}>
      <option value="no">{t('peers.reportsNo')}</option>
      <option value="yes">{t('peers.reportsYes')}</option>
    </SelectField>
  );
}

/** The certificate as it is pasted, with what has to be compared before it is kept. */
function CertificateField({ peer }: { peer: Peer | null }) {
  const { t } = useTranslation('admin');
  const [pem, setPem] = useState('');
  const [forget, setForget] = useState(false);
  const read = useMutation({ mutationFn: calls.readCertificate });
  const change = (text: string) => {
    setPem(text);
    if (text.trim()) read.mutate(text);
    else read.reset();
  };
  const kept = peer?.fingerprint && !forget ? peer.fingerprint : null;
  return (
    <div>
      <TextArea
        label={t('line.certificate')}
        hint={t('line.certificateHint')}
        problem={pem.trim() && read.error ? problemText(read.error) : null}
        name="certificate"
        rows={3}
        value={pem}
        placeholder="-----BEGIN CERTIFICATE-----"
        spellCheck={false}
        onChange={(event) => change(event.target.value)}
      />
      <input type="hidden" name="forget_certificate" value={forget ? 'yes' : 'no'} />
      {pem.trim() && read.data ? (
        <Fingerprint label={t('line.compare')} value={read.data.fingerprint}>
          {t('line.says', { subject: read.data.subject, ends: read.data.ends.slice(0, 10) })}
        </Fingerprint>
      ) : (
        kept && (
          <Fingerprint label={t('line.kept')} value={kept}>
            <Button onClick={() => setForget(true)}>{t('line.forget')}</Button>
          </Fingerprint>
        )
      )}
    </div>
  );
}

/** SHA-256 in pairs, as certificates' makers and browsers show it. */
function Fingerprint({
  label,
  value,
  children,
}: {
  label: string;
  value: string;
  children: React.ReactNode;
}) {
  return (
    <div className={styles.fingerprint}>
      <span>{label}</span>
      <code data-testid="fingerprint">{value.toUpperCase().match(/../g)?.join(':')}</code>
      <span className={styles.dim}>{children}</span>
    </div>
  );
}
