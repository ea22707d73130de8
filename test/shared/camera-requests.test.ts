import { describe, expect, it } from '@jest/globals';
import { buildRequest } from '../../src/shared/wire/request.js';
import { operations, parametersOf, type OperationId } from '../../src/shared/index.js';

const newCamera = {
  ...{ Enable: true, DeviceName: 'Gate', IPAddress: '192.168.33.30', Port: 80, SubnetMask: '255.255.255.0' },
  ...{ UserName: 'root', Password: 'secret', protocol: 'onvif' },
};
const bodyOf = (id: OperationId, params: Record<string, unknown>): unknown =>
  JSON.parse(buildRequest(operations[id], params).body as string);

const interfaces = (Config: object) => ({
  ChannelID: 1,
  NetworkInterfaces: { $: { token: 'eth0' }, Enabled: 'true', IPv4: { Enabled: 'true', Config } },
});
const manual = (Address: string, PrefixLength: string) =>
  interfaces({ DHCP: 'false', Manual: { Address, PrefixLength } });

describe('Requests about cameras', () => {
  it('move a camera only where a new channel is given', () => {
    expect(bodyOf('updateCamera', { ChannelID: 2, Enable: false })).toEqual({ Enable: false });
    expect(bodyOf('updateCamera', { ChannelID: 2, NewChannelID: 4 })).toEqual({ ChannelID: 4 });
  });

  it('say the channel of setCamera twice, but ask for it once', () => {
    expect(bodyOf('setCamera', { ChannelID: 4, ...newCamera })).toEqual({ ChannelID: 4, ...newCamera });
    expect(buildRequest(operations.setCamera, { ChannelID: 4, ...newCamera }).path).toContain('?ChannelID=4');
    const names = parametersOf(operations.setCamera).map(({ name }) => name);
    expect(names.filter((name) => name === 'ChannelID')).toHaveLength(1);
  });

  it('keep settings that the document does not know', () => {
    const body = { DNSInformation: { FromDHCP: 'true', SearchDomain: 'local' } };
    expect(bodyOf('setDNS', { ChannelID: 1, ...body })).toEqual(body);
  });

  it.each<[OperationId, Record<string, unknown>, string]>([
    ['setNetworkInterfaces', interfaces({ DHCP: 'false' }), 'NetworkInterfaces/IPv4/Config/Manual'],
    ['setNetworkInterfaces', interfaces({ DHCP: true }), 'NetworkInterfaces/IPv4/Config/DHCP'],
    ['setNetworkInterfaces', manual('192.168.33', '24'), 'NetworkInterfaces/IPv4/Config/Manual/Address'],
    ['setNetworkInterfaces', manual('192.168.33.4', '33'), 'NetworkInterfaces/IPv4/Config/Manual/PrefixLength'],
    ['setNetworkInterfaces', { ...interfaces({ DHCP: 'true' }), MTU: '1500' }, 'MTU'],
    ['setDNS', { ChannelID: 1, DNSInformation: { FromDHCP: 'false' } }, 'DNSInformation/DNSManual'],
    ['setNTP', { ChannelID: 1, NTPInformation: { FromDHCP: 'false' } }, 'NTPInformation/NTPManual'],
    ['getVideoEncoderConfigurations', { body: [] }, 'body'],
    ['getVideoEncoderConfigurations', { body: [{ ch: 1, mainsub: 2 }] }, 'body/0/mainsub'],
    ['gotoPreset', { ChannelID: 1, preset_token: '1', speed: 1.1 }, 'speed'],
    ['startTour', { ChannelID: 1 }, 'picked_presets'],
    ['addCamera', { ...newCamera, Port: 65_536 }, 'Port'],
    ['addCamera', { ...newCamera, ChannelID: 1 }, 'ChannelID'],
  ])('of %s with %j are not sent: %s', (id, params, path) => {
    expect(() => buildRequest(operations[id], params)).toThrow(
      expect.objectContaining({ code: 'INVALID_PARAMETER', path }),
    );
  });
});
