// Limits, capabilities and options of a HostConfig that dockerd judges before it makes or updates a container, in its words.
import { availableParallelism } from 'node:os';
import { parseSize } from '../../../actors/containers/consoles.js';
import { CAPABILITIES, capabilityName } from '../../../actors/containers/capabilities.js';
import type { HostConfig } from '../../../actors/containers/record.js';
import { Fault } from '../../../actors/runtime/fault.js';

const MIN_MEMORY_BYTES = 6 << 20;
const SECURITY_OPTIONS = new Set(['apparmor', 'label', 'no-new-privileges', 'seccomp', 'systempaths', 'writable-cgroups']);
/** Devices that every container has anyway. */
const COMMON_DEVICES = new Set(['full', 'null', 'random', 'tty', 'urandom', 'zero'].map((name) => `/dev/${name}`));
/** What runc sets in the namespaces of a container. */
const NAMESPACED = /^(?:net\.|fs\.mqueue\.|kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced|domainname|hostname)$)/;
const LOG_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  'json-file': ['max-file', 'max-size', 'compress', 'labels', 'labels-regex', 'env', 'env-regex', 'tag'],
  local: ['max-file', 'max-size', 'compress'],
};

/** Memory and processors, of a create and of an update alike. */
export function validateLimits(host: HostConfig): void {
  const { Memory: memory = 0, NanoCpus: nanoCpus = 0 } = host;
  const swap = (host.MemorySwap as number | null | undefined) ?? 0;
  const reservation = (host.MemoryReservation as number | null | undefined) ?? 0;
  if (memory !== 0 && memory < MIN_MEMORY_BYTES) throw new Fault('invalid', 'Minimum memory limit allowed is 6MB');
  if (memory > 0 && swap > 0 && swap < memory) throw new Fault('invalid', 'Minimum memoryswap limit should be larger than memory limit, see usage');
  if (memory === 0 && swap > 0) throw new Fault('invalid', 'You should always set the Memory limit when using Memoryswap limit, see usage');
  if (memory > 0 && reservation > 0 && memory < reservation) throw new Fault('invalid', 'Minimum memory limit can not be less than memory reservation limit, see usage');
  const { CpuPeriod: period = 0, CpuQuota: quota = 0 } = host;
  if (nanoCpus > 0 && period > 0) throw new Fault('invalid', 'Conflicting options: Nano CPUs and CPU Period cannot both be set');
  if (nanoCpus > 0 && quota > 0) throw new Fault('invalid', 'Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  if (period !== 0 && (period < 1000 || period > 1_000_000)) throw new Fault('invalid', 'CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)');
  if (quota > 0 && quota < 1000) throw new Fault('invalid', 'CPU cfs quota can not be less than 1ms (i.e. 1000)');
  if (host.CpuRealtimePeriod || host.CpuRealtimeRuntime) throw new Fault('invalid', 'Your kernel does not support CPU real-time scheduler');
  const processors = availableParallelism();
  if (nanoCpus < 0 || nanoCpus > processors * 1e9) {
    throw new Fault('invalid', `range of CPUs is from 0.01 to ${processors.toFixed(2)}, as there are only ${processors} CPUs available`);
  }
}

/** Options that name something: unknown names are refused, and so is what no machine here has. */
export function validateOptions(host: HostConfig): void {
  const { Type: driver, Config: options } = host.LogConfig;
  for (const name of Object.keys(options)) {
    if (LOG_OPTIONS[driver]?.includes(name) === false && !['mode', 'max-buffer-size'].includes(name)) throw new Fault('invalid', `unknown log opt '${name}' for ${driver} log driver`);
  }
  for (const field of ['CapAdd', 'CapDrop'] as const) {
    for (const given of (host[field] as string[] | null | undefined) ?? []) {
      const name = capabilityName(given);
      if (name !== 'ALL' && !CAPABILITIES.has(name)) throw new Fault('invalid', `invalid ${field}: unknown capability: "CAP_${name}"`);
    }
  }
  for (const option of (host.SecurityOpt as string[] | null | undefined) ?? []) {
    const [name = '', value] = option.split(/[=:](.*)/s, 2);
    const isTruth = value === undefined || /^(?:1|0|t|f|true|false)$/i.test(value);
    if (!SECURITY_OPTIONS.has(name) || (name === 'no-new-privileges' && !isTruth)) throw new Fault('invalid', `invalid --security-opt 2: "${option}"`);
  }
  const ipc = (host.IpcMode as string | undefined) ?? '';
  if (!['', 'none', 'private', 'shareable', 'host'].includes(ipc) && !ipc.startsWith('container:')) throw new Fault('invalid', `invalid IPC mode: ${ipc}`);
  for (const [field, mode] of [['IPC', ipc], ['PID', (host.PidMode as string | undefined) ?? '']] as const) {
    if (mode.startsWith('container:')) throw new Fault('unsupported', `the ${field} namespace of ${mode.slice('container:'.length)} cannot be shared: each container is a machine of its own`);
  }
  if (!['', 'host'].includes((host.PidMode as string | undefined) ?? '')) throw new Fault('invalid', `invalid PID mode: ${String(host.PidMode)}`);
  if (!['', 'host'].includes(host.UTSMode ?? '')) throw new Fault('invalid', `invalid UTS mode: ${host.UTSMode}`);
  if (!['', 'host', 'private'].includes(host.CgroupnsMode ?? '')) throw new Fault('invalid', `invalid cgroup namespace mode: ${host.CgroupnsMode}`);
  const adjustment = (host.OomScoreAdj as number | undefined) ?? 0;
  if (adjustment < -1000 || adjustment > 1000) throw new Fault('invalid', `Invalid value ${adjustment}, range for oom score adj is [-1000, 1000]`);
  for (const name of Object.keys(host.Sysctls ?? {})) {
    if (!NAMESPACED.test(name)) throw new Fault('invalid', `sysctl "${name}" is not in a separate kernel namespace`);
    if (host.NetworkMode === 'host' && name.startsWith('net.')) throw new Fault('invalid', `sysctl "${name}" not allowed in host network namespace`);
  }
  for (const [name, value] of Object.entries(host.StorageOpt ?? {})) {
    if (name.toLowerCase() !== 'size') throw new Fault('invalid', `Unknown option ${name}`);
    if (parseSize(value) === undefined) throw new Fault('invalid', `invalid size: '${value}'`);
  }
  if (host.Isolation && host.Isolation !== 'default') throw new Fault('invalid', `invalid isolation '${String(host.Isolation)}' on linux`);
  refuseDevices(host);
}

/** What is asked for and not to be had, in dockerd's words for what its kernel lacks. */
const WITHOUT_EFFECT: readonly (readonly [field: string, warning: string])[] = [
  ['MemorySwappiness', 'Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.'],
  ['MemoryReservation', 'Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.'],
  ['OomKillDisable', 'Your kernel does not support OomKillDisable. OomKillDisable discarded.'],
  ['CpuShares', 'Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.'],
  ['CpusetCpus', 'Your kernel does not support cpuset or the cgroup is not mounted. CPUset discarded.'],
  ['CpusetMems', 'Your kernel does not support cpuset or the cgroup is not mounted. CPUset discarded.'],
  ['BlkioWeight', 'Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.'],
  ['BlkioWeightDevice', 'Your kernel does not support Block I/O weight_device or the cgroup is not mounted. Weight-device discarded.'],
  ['BlkioDeviceReadBps', 'Your kernel does not support BPS Block I/O read limit or the cgroup is not mounted. Block I/O BPS read limit discarded.'],
  ['BlkioDeviceWriteBps', 'Your kernel does not support BPS Block I/O write limit or the cgroup is not mounted. Block I/O BPS write limit discarded.'],
  ['BlkioDeviceReadIOps', 'Your kernel does not support IOPS Block read limit or the cgroup is not mounted. Block I/O IOPS read limit discarded.'],
  ['BlkioDeviceWriteIOps', 'Your kernel does not support IOPS Block write limit or the cgroup is not mounted. Block I/O IOPS write limit discarded.'],
];

/** Docker's warnings for a create or update. What was asked is kept, for clients that read it back; swap beyond the memory is not to be had. */
export function warnOfLimits(host: HostConfig): string[] {
  const warnings: string[] = [];
  for (const [field, warning] of WITHOUT_EFFECT) {
    const value = host[field];
    if (!value || value === -1 || (Array.isArray(value) && value.length === 0)) continue;
    warnings.push(warning);
  }
  const memory = host.Memory ?? 0;
  if (memory > 0 && (host.MemorySwap as number | undefined ?? 0) > memory) {
    host.MemorySwap = -1;
    warnings.push('Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.');
  }
  return [...new Set(warnings)];
}

/** Of what the host shares with containers elsewhere. */
export function warnOfOwnNamespaces({ PidMode, IpcMode }: HostConfig): string[] {
  return [
    ...(PidMode === 'host' ? ['The processes of the host cannot be shared: the container sees its own.'] : []),
    ...(IpcMode === 'host' ? ['The shared memory of the host cannot be shared: the container has its own.'] : []),
  ];
}

function refuseDevices(host: HostConfig): void {
  const [request] = (host.DeviceRequests as readonly { Driver?: string; Capabilities?: string[][] | null }[] | null | undefined) ?? [];
  if (request) {
    const capabilities = (request.Capabilities ?? []).map((set) => `[${set.join(' ')}]`).join(' ');
    throw new Fault('unsupported', `could not select device driver "${request.Driver ?? ''}" with capabilities: [${capabilities}]`);
  }
  for (const { PathOnHost: path = '', PathInContainer: inside = path } of (host.Devices as readonly { PathOnHost?: string; PathInContainer?: string }[] | null | undefined) ?? []) {
    if (path !== inside || !COMMON_DEVICES.has(path)) throw new Fault('unsupported', `error gathering device information while adding custom device "${path}": devices of the host are not supported`);
  }
}
