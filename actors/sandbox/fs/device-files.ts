// What the character devices do when opened: null, zero, full, random, the terminal (Linux's numbers, devices.txt).
import { randomFillSync } from 'node:crypto';
import { Errno } from '../kernel/errno.js';
import type { Inode, Stat } from '../kernel/inode.js';
import { OpenFile } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';

type Behaviour = (inode: Inode, flags: number, process: Process) => OpenFile;

const NOTHING = new Uint8Array(0);
const READ_MAX_BYTES = 1 << 20;

/** Takes everything; reads are answered by `supply`. */
class SimpleDevice extends OpenFile {
  readonly name: string;
  override readonly inode: Inode;
  readonly #supply: (maxBytes: number) => Uint8Array;
  readonly #full: boolean;

  constructor(inode: Inode, flags: number, name: string, supply: (maxBytes: number) => Uint8Array, full = false) {
    super(flags, inode);
    this.inode = inode;
    this.name = name;
    this.#supply = supply;
    this.#full = full;
  }

  override stat(): Stat {
    return this.inode.stat();
  }

  override read(maxBytes: number): Uint8Array {
    return this.#supply(Math.min(maxBytes, READ_MAX_BYTES));
  }

  override write(bytes: Uint8Array): number {
    if (this.#full) throw new Errno('ENOSPC');
    return bytes.length;
  }

  override seek(): number {
    return 0;
  }
}

const zeros = (maxBytes: number): Uint8Array => new Uint8Array(maxBytes);
const random = (maxBytes: number): Uint8Array => randomFillSync(Buffer.allocUnsafe(maxBytes));

function terminal(_inode: Inode, _flags: number, process: Process): OpenFile {
  if (!process.terminal) throw new Errno('ENXIO');
  return process.terminal.open();
}

/** major:minor -> behaviour (https://www.kernel.org/doc/html/latest/admin-guide/devices.html). */
const DEVICES: Readonly<Record<string, Behaviour>> = {
  '1:3': (inode, flags) => new SimpleDevice(inode, flags, '/dev/null', () => NOTHING),
  '1:5': (inode, flags) => new SimpleDevice(inode, flags, '/dev/zero', zeros),
  '1:7': (inode, flags) => new SimpleDevice(inode, flags, '/dev/full', zeros, true),
  '1:8': (inode, flags) => new SimpleDevice(inode, flags, '/dev/random', random),
  '1:9': (inode, flags) => new SimpleDevice(inode, flags, '/dev/urandom', random),
  '5:0': terminal,
  '5:1': terminal,
};

/** Opens a character device by its number; ENXIO for every other device, as there is no driver. */
export function openDevice(inode: Inode, process: Process, flags: number): OpenFile {
  const { rdevMajor, rdevMinor } = inode.stat();
  const behaviour = inode.type === 'character' ? DEVICES[`${rdevMajor}:${rdevMinor}`] : undefined;
  if (!behaviour) throw new Errno('ENXIO');
  return behaviour(inode, flags, process);
}
