import { describe, expect, it } from 'vitest';
import { socketAddress } from './rtcLink';
import { hasAddress } from './rtcPeers';

describe('the address of a media node', () => {
  it('is the same whether it is told as a page or as a socket', () => {
    const page = 'https://hospital.example/rooms/1';
    expect(socketAddress('http://10.0.0.5:8090', page)).toBe('ws://10.0.0.5:8090/rtc');
    expect(socketAddress('wss://media.example/a/', page)).toBe('wss://media.example/a/rtc');
    expect(socketAddress('wss://media.example/rtc', page)).toBe('wss://media.example/rtc');
    expect(socketAddress('', page)).toBe('wss://hospital.example/rtc');
    expect(socketAddress('/media/n1', page)).toBe('wss://hospital.example/media/n1/rtc');
  });
});

describe('a description', () => {
  it('without a single address will never connect', () => {
    expect(hasAddress('v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n')).toBe(false);
    expect(hasAddress('v=0\r\na=candidate:1 1 udp 1 10.0.0.2 4242 typ host\r\n')).toBe(true);
  });
});
