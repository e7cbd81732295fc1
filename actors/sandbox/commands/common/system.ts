// What the machine says it is: kernel release, architecture, processors, memory.
import os from 'node:os';
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';

/** As recent images expect it; they ask for features by version. */
export const RELEASE = '6.6.0-sockerless';
export const VERSION = '#1 SMP Sockerless embedded machine';
export const MACHINE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

function readNumber(process: Process, path: string): number | undefined {
  try {
    const text = decode(process.files.readFile(path)).trim();
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}

/** The container's share where it is limited (cgroup v2 cpu.max), else what the host has. */
export function processors(process: Process): number {
  try {
    const [, quota, period] = /^(\d+) (\d+)/.exec(decode(process.files.readFile('/sys/fs/cgroup/cpu.max'))) ?? [];
    if (quota !== undefined) return Math.max(1, Math.ceil(Number(quota) / Number(period)));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return os.availableParallelism();
}

/** Bytes, from /proc/meminfo so that free and top agree with it; the host's where there is none. */
export function memory(process: Process): { totalBytes: number; freeBytes: number } {
  const limit = readNumber(process, '/sys/fs/cgroup/memory.max');
  let [totalBytes, freeBytes] = [os.totalmem(), os.freemem()];
  try {
    const text = decode(process.files.readFile('/proc/meminfo'));
    const of = (name: string): number | undefined => {
      const match = new RegExp(`^${name}:\\s*(\\d+) kB`, 'm').exec(text);
      return match ? Number(match[1]) * 1024 : undefined;
    };
    totalBytes = of('MemTotal') ?? totalBytes;
    freeBytes = of('MemAvailable') ?? of('MemFree') ?? freeBytes;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return limit === undefined || limit > totalBytes ? { totalBytes, freeBytes } : { totalBytes: limit, freeBytes: Math.min(freeBytes, limit) };
}
