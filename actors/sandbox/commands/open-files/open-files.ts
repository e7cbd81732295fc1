// What the machine's processes hold open: descriptors, working folders, programs, listening ports.
import { mayInspect } from '../../kernel/credentials.js';
import { InodeFile } from '../../kernel/open-file.js';
import type { Stat } from '../../kernel/inode.js';
import { type Location, pathOf } from '../../kernel/path.js';
import type { Process } from '../../kernel/process.js';
import { Listener } from '../../kernel/sockets.js';

export interface OpenEntry {
  readonly process: Process;
  /** A number, or `cwd`, `rtd`, `txt`. */
  readonly descriptor: string;
  /** `r`, `w`, `u`, or nothing for what is no descriptor. */
  readonly access: string;
  readonly stat: Stat;
  readonly name: string;
  /** The port of a listening socket. */
  readonly port: number | undefined;
}

function place(process: Process, descriptor: string, location: Location): OpenEntry {
  return { process, descriptor, access: '', stat: location.inode.stat(), name: pathOf(location), port: undefined };
}

/** Of all processes that `asking` may look into. */
export function openFiles(asking: Process): OpenEntry[] {
  const entries: OpenEntry[] = [];
  for (const process of asking.kernel.processes.values()) {
    if (process.status !== undefined || (asking !== process && !mayInspect(asking.credentials, process.credentials))) continue;
    entries.push(place(process, 'cwd', process.cwd), place(process, 'rtd', process.kernel.tree.root));
    if (process.executable) entries.push(place(process, 'txt', process.executable));
    for (const fd of process.descriptors.numbers()) {
      const file = process.descriptors.get(fd);
      entries.push({
        process, descriptor: String(fd), access: file.readsAllowed ? (file.writesAllowed ? 'u' : 'r') : 'w', stat: file.stat(), name: file instanceof InodeFile ? file.name : file.name.replace(/^(pipe|socket):.*/, '$1'), port: file instanceof Listener ? file.port : undefined,
      });
    }
  }
  return entries;
}

/** Each listening port with one of those who hold it, in the order of ports. */
export function listeners(asking: Process): OpenEntry[] {
  const byPort = new Map<number, OpenEntry>();
  for (const entry of openFiles(asking)) if (entry.port !== undefined && !byPort.has(entry.port)) byPort.set(entry.port, entry);
  return [...byPort.values()].sort((a, b) => a.port! - b.port!);
}
