import { readFileSync } from 'node:fs';
import type { Sample } from './sample.js';

const name = {
  countryName: 'TW',
  stateOrProvinceName: 'New Taipei City',
  localityName: 'Sheng Keng',
  organizationName: 'Everfocus Electronic Corp.',
  organizationalUnitName: 'R&D Division',
  commonName: 'www.everfocus.com.tw',
  emailAddress: 'receiver@email.address',
};

const wanted = {
  country_name: 'TW',
  state_or_province_name: 'New Taipei City',
  locality_name: 'Sheng Keng',
  organization_name: 'Everfocus Electronic Corp.',
  organization_unit_name: 'R&D Division',
  common_name: 'www.everfocus.com.tw',
  email_address: 'receiver@email.address',
};

const read = (file: string) => readFileSync(new URL(`../shared/certificates/${file}.pem`, import.meta.url), 'utf8');
const identity = { key: read('nvr.key'), cert: read('nvr.cert') };

export const httpsSamples: readonly Sample[] = [
  {
    operation: 'getCertificateInfo',
    reply: {
      subject: name,
      issuer: name,
      notBefore: '2019-12-10T03:37:24.000Z',
      notAfter: '2029-12-07T03:37:24.000Z',
      serial: '14ABDBF9DB160D66B709928BC8F8A837CA92AB85',
    },
  },
  {
    operation: 'generateCertificate',
    params: { ...wanted, validity_days: 3650 },
    body: { ...wanted, validity_days: '3650' },
    reply: { Result: 'OK' },
  },
  {
    operation: 'uploadCertificate',
    params: identity,
    body: identity,
    reply: { Result: 'OK' },
  },
];
