// The options of a tmpfs (`size=64m,mode=1770,exec`) as dockerd judges them and as mount(8) means them.
import { totalmem } from 'node:os';
import { Fault } from '../runtime/fault.js';
import { parseSize } from './consoles.js';
import type { TmpfsOptions } from './record.js';

const FLAGS = new Set(['ro', 'rw', 'suid', 'nosuid', 'dev', 'nodev', 'exec', 'noexec', 'sync', 'async', 'dirsync', 'remount', 'mand', 'nomand', 'atime', 'noatime',
  'diratime', 'nodiratime', 'bind', 'rbind', 'unbindable', 'runbindable', 'private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave', 'relatime', 'norelatime', 'strictatime', 'nostrictatime']);
const VALUES = new Set(['mode', 'uid', 'gid', 'size', 'nr_inodes', 'nr_blocks', 'mpol']);

function invalid(option: string): Fault {
  return new Fault('invalid', `invalid tmpfs option ["${option.split('=').join('" "')}"]`);
}

/** Whole numbers in a base; Fault for anything else. */
function number(option: string, text: string, base: 8 | 10): number {
  if (!(base === 8 ? /^[0-7]+$/ : /^\d+$/).test(text)) throw invalid(option);
  return Number.parseInt(text, base);
}

/** Bytes; `50%` is of the host's memory. */
function size(option: string, text: string): number {
  const bytes = /^\d+%$/.test(text) ? (totalmem() * Number.parseInt(text, 10)) / 100 : parseSize(text);
  if (bytes === undefined) throw invalid(option);
  return bytes;
}

/** The later of two that contradict each other wins; without a word there is no execution, no set-id, no device. */
export function parseTmpfsOptions(text: string): TmpfsOptions & { readOnly: boolean } {
  const options = { sizeBytes: 0, mode: 0o1777, uid: 0, gid: 0, noExec: true, noSuid: true, noDev: true, readOnly: false };
  for (const option of text.split(',').filter((word) => word !== '')) {
    const [name = '', value] = option.split(/=(.*)/s, 2);
    if (value === undefined ? !FLAGS.has(name) : !VALUES.has(name)) throw invalid(option);
    if (name === 'size') options.sizeBytes = size(option, value!);
    else if (name === 'mode') options.mode = number(option, value!, 8);
    else if (name === 'uid' || name === 'gid') options[name] = number(option, value!, 10);
    else if (name === 'ro' || name === 'rw') options.readOnly = name === 'ro';
    else if (name.endsWith('exec')) options.noExec = name === 'noexec';
    else if (name.endsWith('suid')) options.noSuid = name === 'nosuid';
    else if (name === 'dev' || name === 'nodev') options.noDev = name === 'nodev';
  }
  return options;
}
