/** What `npm run demo -- --help` prints. */
export const help = `npm run demo [-- options]

Starts a simulated NVR, Homebridge and Node-RED with this plugin. Ctrl-C stops everything.
Homebridge's port is open to the network even without --lan: not announced, and guarded by the setup code.

  --cameras N           cameras of the simulated NVR, 1 to 8 (4)
  --codec h264|h265     their video codec (h264)
  --lan                 let an iPhone find the bridge, and the network use Node-RED (this machine only)
  --reset               forget pairings and edited flows of earlier starts
  --storage FOLDER      where Homebridge and Node-RED keep their data (.demo)
  --homekit-port N      Homebridge (51850); for each port, 0 takes a free one
  --node-red-port N     Node-RED (1890)
  --simulator-port N    the NVR's web server (8090)
  --control-port N      the simulator's control (8091)
  --help                this text
`;
