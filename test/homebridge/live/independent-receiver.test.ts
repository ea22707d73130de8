import { describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import { anyFfmpeg, openCamera } from './camera.js';
import { Phone } from './phone.js';
import { Receiver } from './receiver.js';

describe('ffmpeg as the phone', () => {
  it('authenticates, decrypts and decodes the pictures', async () => {
    await using camera = await openCamera();
    await camera.client.feed(1, 'main').keyframe();
    using phone = await Phone.open(camera.streaming);
    const { key, salt } = phone.video;
    await using receiver = await Receiver.start((await anyFfmpeg()).path, {
      media: 'video',
      master: { key, salt },
      payloadType: 99,
      encoding: 'H264/90000',
    });
    await phone.prepare({ video: receiver.port, audio: phone.audio.port });
    await phone.start();
    await until('a second of pictures', () => receiver.frames >= 15);
    expect(receiver.complaints).not.toMatch(/error|corrupt|missed|HMAC/i);
  });

  it('authenticates, decrypts and decodes the sound', async () => {
    await using camera = await openCamera();
    using phone = await Phone.open(camera.streaming);
    const { key, salt } = phone.audio;
    await using receiver = await Receiver.start((await anyFfmpeg()).path, {
      media: 'audio',
      master: { key, salt },
      payloadType: 110,
      encoding: 'opus/24000/1',
    });
    await phone.prepare({ video: phone.video.port, audio: receiver.port });
    await phone.start();
    await until('a second of sound', () => receiver.frames >= 50);
    expect(receiver.complaints).not.toMatch(/error|corrupt|missed|HMAC/i);
  });
});
