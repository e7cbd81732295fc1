// The entry of a sandbox worker thread: one machine at a time, from `boot` to `halt`.
import { parentPort, workerData } from 'node:worker_threads';
import { imports } from './import-gate.js';
import { Machine, toWire } from './machine.js';
import type { FromMachine, ThreadData, ToMachine } from './protocol.js';

imports.adopt((workerData as ThreadData).imports);
const port = parentPort!;
let machine: Machine | undefined;

function post(message: FromMachine, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

port.on('message', (message: ToMachine) => {
  if (message.type === 'boot') {
    try {
      machine = new Machine(message.spec, post, message.checkpoint);
    } catch (error) {
      post({ type: 'boot-failed', error: toWire(error) });
    }
  } else if (message.type === 'halt') {
    machine?.halt();
    machine = undefined;
    post({ type: 'halted' });
  } else if (message.type === 'park') {
    const checkpoint = machine?.park();
    if (checkpoint) machine = undefined;
    post(checkpoint ? { type: 'parked', checkpoint } : { type: 'park-refused' });
  } else {
    machine?.receive(message);
  }
});

post({ type: 'ready' });
