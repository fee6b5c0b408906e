/** Media of a room. Only the files `rtc*` of this folder touch cameras, microphones and peer connections. */

export { MediaClient, type Ticket } from './rtcClient';
export {
  type Device,
  type DeviceLists,
  DeviceRefused,
  type DeviceWhy,
  hindrance,
  listDevices,
  listenToLevel,
  onDevices,
  openDevice,
  whyOf,
} from './rtcDevices';
export type { Label, Level, MediaSeat } from './rtcMessages';
export { type MediaWhy, type Phase, withoutTicket } from './rtcPhase';
export { type IceFinding, probeAddresses, probeSocket } from './rtcProbe';
export type { MediaState, Mode, OwnDevice } from './rtcState';
export type { Tile } from './rtcTiles';
