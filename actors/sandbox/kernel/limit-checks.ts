// Where the resource limits of a process are held to: cpu time, file size, number of processes.
import { isCapable } from './credentials.js';
import { Errno } from './errno.js';
import { InodeFile, O_APPEND, type OpenFile } from './open-file.js';
import type { Kernel } from './kernel.js';
import type { Process } from './process.js';
import { SIGKILL, SIGXCPU, SIGXFSZ } from './signals.js';

/** How many times the limit living and ended processes may be together. */
const ZOMBIES_TIMES = 4;

/** Called after each turn: SIGXCPU once a second beyond the soft limit of cpu time, SIGKILL at the hard one. */
export function enforceCpuTime(process: Process): void {
  const { soft, hard } = process.limits.cpu;
  const { usage } = process;
  const seconds = usage.cpuMs / 1000;
  // From the kernel itself: not even init is deaf to it.
  if (seconds >= hard) return process.deliver(SIGKILL, true);
  if (seconds < Math.max(soft, usage.nextCpuSignalSeconds)) return;
  usage.nextCpuSignalSeconds = Math.floor(seconds) + 1;
  process.deliver(SIGXCPU);
}

/** What may be written before the file has reached its limit; SIGXFSZ and EFBIG where nothing may. */
export function withinFileSize(process: Process, file: OpenFile, bytes: Uint8Array, place?: number): Uint8Array {
  const limitBytes = process.limits.fsize.soft;
  if (limitBytes === Infinity || !(file instanceof InodeFile) || file.inode.type !== 'file' || bytes.length === 0) return bytes;
  const offset = place ?? ((file.flags & O_APPEND) !== 0 ? file.stat().sizeBytes : file.offset);
  if (offset < limitBytes) return bytes.subarray(0, limitBytes - offset);
  process.deliver(SIGXFSZ);
  throw new Errno('EFBIG');
}

/** Whether the machine has room for so many processes more. */
export function hasRoom({ processes, processesMax }: Kernel, count: number): boolean {
  if (processes.size + count <= processesMax) return true;
  // Shells on Linux collect their ended jobs as they end; here they keep them until asked, so only so many more count as nothing.
  let living = 0;
  for (const { status } of processes.values()) if (status === undefined) living++;
  return living + count <= processesMax && processes.size + count <= ZOMBIES_TIMES * processesMax;
}

/** Whether fork(2) would succeed so many times: the machine's limit, and the user's, which does not bind the powerful. */
export function canFork(process: Process, count: number): boolean {
  const { processes } = process.kernel;
  if (!hasRoom(process.kernel, count)) return false;
  const { realUid: uid } = process.credentials;
  const limit = process.limits.nproc.soft;
  if (uid === 0 || limit === Infinity || isCapable(process.credentials, 'SYS_RESOURCE') || isCapable(process.credentials, 'SYS_ADMIN')) return true;
  let own = 0;
  for (const other of processes.values()) if (other.credentials.realUid === uid) own++;
  return own + count <= limit;
}
