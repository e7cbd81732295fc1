// One pull of an image; it ends (and its record with it) when the image is there or cannot be had.
import { assign, setup } from 'xstate';
import { effect, type EffectFailedEvent, type Stamped } from './actions.js';
import type { MachineDefinition } from './definition.js';

export interface ImagePullInput {
  readonly reference: string;
  readonly platform?: string;
}

export interface ImagePullContext {
  readonly reference: string;
  readonly platform: string;
  /** '' until pulled. */
  readonly digest: string;
  readonly imageId: string;
  readonly error: string;
}

export type ImagePullEvent = Stamped<
  | { type: 'PULLED'; digest: string; imageId?: string }
  | { type: 'PULL_FAILED'; error: string }
  | { type: 'LOST' }
  | EffectFailedEvent
>;

type Args = { context: ImagePullContext; event: ImagePullEvent };

const machine = setup({
  types: { context: {} as ImagePullContext, events: {} as ImagePullEvent, input: {} as ImagePullInput },
  actions: {
    effect,
    pulled: assign(({ event }: Args) => (event.type === 'PULLED' ? { digest: event.digest, imageId: event.imageId ?? '' } : {})),
    failed: assign(({ event }: Args) => ({ error: 'error' in event ? event.error : 'the pull was interrupted' })),
  },
  guards: { pullFailed: ({ event }: Args) => event.type === 'EFFECT_FAILED' && event.op === 'pull' },
}).createMachine({
  id: 'imagePull',
  context: ({ input }) => ({ reference: input.reference, platform: input.platform ?? '', digest: '', imageId: '', error: '' }),
  initial: 'pulling',
  states: {
    pulling: {
      entry: { type: 'effect', params: ({ context }) => ({ op: 'pull', reference: context.reference, platform: context.platform }) },
      on: {
        PULLED: { target: 'pulled', actions: 'pulled' },
        PULL_FAILED: { target: 'failed', actions: 'failed' },
        EFFECT_FAILED: { guard: 'pullFailed', target: 'failed', actions: 'failed' },
        LOST: { target: 'failed', actions: 'failed' },
      },
    },
    // The image store announces the pull, in the batch that names the image.
    pulled: { type: 'final' },
    failed: { type: 'final' },
  },
});

export const imagePull: MachineDefinition = {
  machine,
  version: 1,
  sample: {
    inputs: { plain: { reference: 'alpine:3.20', platform: 'linux/amd64' } },
    events: [
      { type: 'PULLED', digest: 'sha256:00' },
      { type: 'PULL_FAILED', error: 'manifest unknown' },
      { type: 'LOST' },
      { type: 'EFFECT_FAILED', op: 'pull', error: 'no route to host', params: {} },
    ],
  },
};
