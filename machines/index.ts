// The registry of lifecycles: one line per machine.
import { container } from './container.js';
import type { Registry } from './definition.js';
import { exec } from './exec.js';
import { imagePull } from './image-pull.js';
import { network } from './network.js';
import { volume } from './volume.js';

export const machines = { container, exec, imagePull, volume, network } satisfies Registry;

export type Kind = keyof typeof machines;
