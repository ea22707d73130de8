import { DEFAULT_VALIDITY } from '../nvr/https-certificate.js';
import { type Handlers, done } from './handler.js';

export const https: Pick<Handlers, 'getCertificateInfo' | 'generateCertificate' | 'uploadCertificate'> = {
  getCertificateInfo: (_, { nvr }) => nvr.certificate.info,
  generateCertificate: (wanted, { nvr }) => {
    const subject = {
      countryName: wanted.country_name,
      stateOrProvinceName: wanted.state_or_province_name,
      localityName: wanted.locality_name,
      organizationName: wanted.organization_name,
      organizationalUnitName: wanted.organization_unit_name,
      commonName: wanted.common_name,
      emailAddress: wanted.email_address,
    };
    nvr.certificate.generate(subject, wanted.validity_days ?? DEFAULT_VALIDITY);
    return done();
  },
  uploadCertificate: (identity, { nvr }) => {
    nvr.certificate.upload(identity);
    return done();
  },
};
