import { type Handlers, done } from './handler.js';

export const cameraNetwork: Pick<Handlers, 'getNetworkInterfaces' | 'setNetworkInterfaces' | 'setDNS' | 'setNTP'> = {
  getNetworkInterfaces: ({ ChannelID }, { nvr }) => nvr.cameras.online(ChannelID).network.information,
  setNetworkInterfaces: ({ ChannelID, NetworkInterfaces }, { nvr }) => {
    nvr.cameras.online(ChannelID).network.setInterfaces(NetworkInterfaces);
    return done();
  },
  setDNS: ({ ChannelID, DNSInformation }, { nvr }) => {
    nvr.cameras.online(ChannelID).network.setDns(DNSInformation);
    return done();
  },
  setNTP: ({ ChannelID, NTPInformation }, { nvr }) => {
    nvr.cameras.online(ChannelID).network.setNtp(NTPInformation);
    return done();
  },
};
