import { Type, defineOperation, json, open, status } from './declaration.js';
import { maybe, plain, text } from './fields.js';

/** Whom a certificate names, in the words of 8.1. */
function distinguishedName(title: string, description: string) {
  return maybe(
    Type.Object(
      {
        countryName: maybe(text('Country', 'Two letters (ISO 3166).', ['TW'])),
        stateOrProvinceName: maybe(text('State', 'State or province.', ['New Taipei City'])),
        localityName: maybe(text('Locality', 'Town or district.', ['Sheng Keng'])),
        organizationName: maybe(text('Organization', 'Company or body.', ['Everfocus Electronic Corp.'])),
        organizationalUnitName: maybe(text('Unit', 'Part of the organization.', ['R&D Division'])),
        commonName: maybe(text('Common name', 'Host name of the NVR, or its address.', ['www.everfocus.com.tw'])),
        emailAddress: maybe(text('E-mail address', 'Who looks after the NVR.', ['receiver@email.address'])),
      },
      { ...open, title, description },
    ),
  );
}

function isoTime(title: string, description: string, example: string) {
  return maybe(plain(title, `${description} ISO 8601, UTC.`, [example]));
}

/** Longest value that X.509 has for each (RFC 5280, appendix A). */
function name(title: string, description: string, example: string, maxLength: number) {
  return Type.String({ title, description, examples: [example], maxLength });
}

function pem(title: string, description: string, pattern: string) {
  return Type.String({ title, description, pattern });
}

export const getCertificateInfo = defineOperation({
  id: 'getCertificateInfo',
  section: '8.1',
  title: 'Get the certificate',
  description: 'Reads whom the HTTPS certificate of the NVR names, who issued it, and how long it is valid.',
  domain: 'network',
  method: 'GET',
  path: '/https/getCertificateInfo',
  reply: json(
    Type.Object(
      {
        subject: distinguishedName('Subject', 'Whom the certificate names.'),
        issuer: distinguishedName('Issuer', 'Who issued it; the subject itself where it is self-signed.'),
        notBefore: isoTime('Valid from', 'When it begins to be valid.', '2019-12-10T03:37:24.000Z'),
        notAfter: isoTime('Valid until', 'When it expires.', '2029-12-07T03:37:24.000Z'),
        serial: maybe(text('Serial number', 'Hexadecimal.', ['14ABDBF9DB160D66B709928BC8F8A837CA92AB85'])),
      },
      open,
    ),
  ),
  effect: 'read',
});

export const generateCertificate = defineOperation({
  id: 'generateCertificate',
  section: '8.2',
  title: 'Generate a certificate',
  description: 'Replaces the HTTPS certificate by a new self-signed one, which every client must be told to trust.',
  domain: 'network',
  method: 'POST',
  path: '/https/generateCertificate',
  body: Type.Object({
    country_name: Type.String({
      title: 'Country',
      description: 'Two letters (ISO 3166).',
      examples: ['TW'],
      pattern: '^[A-Za-z]{2}$',
    }),
    state_or_province_name: name('State', 'State or province.', 'New Taipei City', 128),
    locality_name: name('Locality', 'Town or district.', 'Sheng Keng', 128),
    organization_name: name('Organization', 'Company or body.', 'Everfocus Electronic Corp.', 64),
    organization_unit_name: name('Unit', 'Part of the organization.', 'R&D Division', 64),
    common_name: name('Common name', 'Host name of the NVR, or its address.', 'www.everfocus.com.tw', 64),
    email_address: name('E-mail address', 'Who looks after the NVR.', 'receiver@email.address', 255),
    validity_days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 36_500,
        default: 3650,
        title: 'Validity',
        description: 'How long it is valid.',
        unit: 'd',
        wire: 'text',
      }),
    ),
  }),
  reply: status,
  effect: 'destructive',
});

export const uploadCertificate = defineOperation({
  id: 'uploadCertificate',
  section: '8.3',
  title: 'Upload a certificate',
  description: 'Replaces the HTTPS certificate and its private key; clients that pinned the old one must be told.',
  domain: 'network',
  method: 'POST',
  path: '/https/uploadCertificate',
  body: Type.Object({
    key: pem('Private key', 'PEM, of the certificate; without passphrase.', '-----BEGIN ([A-Z]+ )?PRIVATE KEY-----'),
    cert: pem('Certificate', 'PEM.', '-----BEGIN CERTIFICATE-----'),
  }),
  bodyEncoding: 'multipart',
  reply: status,
  effect: 'destructive',
});

export const httpsOperations = { getCertificateInfo, generateCertificate, uploadCertificate } as const;
