import { type Handlers, done } from './handler.js';

export const encoder: Pick<Handlers, 'getVideoEncoderConfigurations' | 'setVideoEncoderConfiguration'> = {
  getVideoEncoderConfigurations: ({ body }, { nvr }) =>
    body.map(({ ch, mainsub }) => {
      const { configuration, options } = nvr.cameras.online(ch).encoders.of(mainsub);
      return { ch, mainsub, Configuration: configuration, Options: options };
    }),
  setVideoEncoderConfiguration: ({ body }, { nvr }) => {
    const changes = body.map(({ ch, mainsub, Configuration }) => ({
      encoder: nvr.cameras.online(ch).encoders.of(mainsub),
      Configuration,
    }));
    // All or none.
    for (const change of changes) change.encoder.check(change.Configuration);
    for (const change of changes) change.encoder.set(change.Configuration);
    return done();
  },
};
