// A program that ends machines by force while they import code, and prints how many modules it has open afterwards.
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { IdleMachines } from '../../actors/sandbox/idle-machines.js';
import { MachineClient } from '../../actors/sandbox/machine-client.js';
import { MachineLink } from '../../actors/sandbox/machine-link.js';
import { BUILTIN_MARKER } from '../../actors/sandbox/programs/builtin.js';
import type { MachineSpec, ProcessSpec } from '../../actors/sandbox/protocol.js';
import { MachineWorker, WorkerPool } from '../../actors/sandbox/worker-pool.js';

const THREADS = 12;
const MACHINES = 3;
const COMMANDS = ['bash', 'awk', 'git', 'jq', 'sed', 'tar'];

function openModules(): number {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      // Closed meanwhile, as what the folder itself is read with.
      return '';
    }
  });
  return targets.filter((target) => /\.[cm]?js$/.test(target)).length;
}

/** Until this process has more modules open than `before`: somebody imports right now. */
async function importing(before: number, isOver: () => boolean): Promise<void> {
  while (openModules() <= before && !isOver()) await turn();
}

/** Threads that are ended before they are up. */
async function endThread(): Promise<void> {
  const before = openModules();
  const worker = new MachineWorker(() => undefined);
  let isUp = false;
  void worker.ready.then(() => (isUp = true));
  await importing(before, () => isUp);
  await worker.terminate();
}

/** Machines that are ended while the code of commands comes in. */
async function endMachine(folder: string): Promise<void> {
  const pool = new WorkerPool({ warm: 0, max: 1 });
  const bin = { type: 'bind' as const, source: folder, target: '/bin', subpath: '', readOnly: true, sizeBytes: 0, mode: 0o755, uid: 0, gid: 0, noExec: false, noSuid: false, noDev: false, copyUp: false };
  const spec: MachineSpec = {
    id: 'box', layers: [], hostname: 'box', domainname: '', mounts: [bin], readOnlyRootfs: false, extraHosts: [], dns: [], dnsSearch: [], dnsOptions: [], sysctls: {}, privileged: false,
    cgroupPath: '/', rootSizeBytes: 0, oomScoreAdjustment: 0, limits: { memoryBytes: 0, nanoCpus: 0, processes: 0, ulimits: [] }, shmSizeBytes: 1 << 20, network: false, upperDirectory: join(folder, 'upper'), cacheDirectory: join(folder, 'cache'),
  };
  const client = new MachineClient(new MachineLink(pool, new IdleMachines({ max: 1, ageMs: 10_000 }), spec));
  await client.boot();
  const before = openModules();
  let left = COMMANDS.length;
  for (const command of COMMANDS) {
    const process: ProcessSpec = { argv: [`/bin/${command}`], env: [], cwd: '/', user: '0', groups: [], capabilities: [], noNewPrivileges: false, tty: false, stdin: false, rows: 0, columns: 0, init: false };
    const started = await client.start(process, command === COMMANDS[0], () => undefined);
    void started.exit.then(() => left--);
  }
  await importing(before, () => left === 0);
  await client.destroy();
  await pool.close();
}

// Threads that come up do not keep a process alive; a server has its listeners.
setInterval(() => undefined, 1000);
const folder = mkdtempSync(join(tmpdir(), 'sockerless-ends-'));
for (const command of COMMANDS) writeFileSync(join(folder, command), BUILTIN_MARKER, { mode: 0o755 });
try {
  if (process.argv[2] === 'threads') for (let i = 0; i < THREADS; i++) await endThread();
  else for (let i = 0; i < MACHINES; i++) await endMachine(folder);
} finally {
  rmSync(folder, { recursive: true });
}
console.log(openModules());
process.exit();
