import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { selfSigned, type Subject } from '../../packages/simulator/src/certificates/self-signed.js';

const subject: Subject = {
  countryName: 'TW',
  stateOrProvinceName: 'New Taipei City',
  localityName: 'Sheng Keng',
  organizationName: 'Everfocus Electronic Corp.',
  organizationalUnitName: 'R&D Division',
  commonName: 'www.everfocus.com.tw',
  emailAddress: 'receiver@email.address',
};
const now = Date.UTC(2024, 1, 29, 23, 59, 59);

// OpenSSL, which reads them here, knows nothing of our encoder.
describe('a self-signed certificate', () => {
  it('is signed by its own key', () => {
    const { key, cert } = selfSigned(subject, now, now + 1000);
    const certificate = new X509Certificate(cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
    expect(certificate.ca).toBe(true);
  });

  it('names its subject as its issuer, in the order of the document', () => {
    const { subject: named, issuer } = new X509Certificate(selfSigned(subject, now, now).cert);
    expect(named).toBe(
      'C=TW\nST=New Taipei City\nL=Sheng Keng\nO=Everfocus Electronic Corp.\nOU=R&D Division\n' +
        'CN=www.everfocus.com.tw\nemailAddress=receiver@email.address',
    );
    expect(issuer).toBe(named);
  });

  it.each(['', 'ä', '名'.repeat(64), 'x'.repeat(64), '👩‍🚀', 'a\nCN=b', '\0'])(
    'carries the common name %j',
    (commonName) => {
      const { subject: named } = new X509Certificate(
        selfSigned({ ...subject, commonName }, now, now).cert,
      ).toLegacyObject();
      expect(named.CN).toBe(commonName === '' ? undefined : commonName);
    },
  );

  it('has another serial number, never negative, and another key each time', () => {
    const made = Array.from({ length: 30 }, () => selfSigned(subject, now, now));
    const serials = made.map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(new Set(serials).size).toBe(30);
    expect(new Set(made.map(({ key }) => key)).size).toBe(30);
    expect(serials.filter((serial) => !/^[0-9A-F]+$/.test(serial))).toEqual([]);
  });

  it.each([
    [0, 'Jan  1 00:00:00 1970 GMT'],
    [now, 'Feb 29 23:59:59 2024 GMT'],
    [Date.UTC(2049, 11, 31, 23, 59, 59), 'Dec 31 23:59:59 2049 GMT'],
    [Date.UTC(2050, 0, 1), 'Jan  1 00:00:00 2050 GMT'],
    [Date.UTC(2124, 6, 4), 'Jul  4 00:00:00 2124 GMT'],
  ])('is valid from and until %d ms', (time, text) => {
    expect(new X509Certificate(selfSigned(subject, time, time).cert)).toMatchObject({ validFrom: text, validTo: text });
  });
});
