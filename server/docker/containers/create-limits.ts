// Limits, capabilities and options of a HostConfig that dockerd judges before it makes or updates a container, in its words.
import { availableParallelism } from 'node:os';
import { CAPABILITIES, capabilityName } from '../../../actors/containers/capabilities.js';
import type { HostConfig } from '../../../actors/containers/record.js';
import { Fault } from '../../../actors/runtime/fault.js';

const MIN_MEMORY_BYTES = 6 << 20;
const SECURITY_OPTIONS = new Set(['apparmor', 'label', 'no-new-privileges', 'seccomp', 'systempaths', 'writable-cgroups']);
/** Devices that every container has anyway. */
const COMMON_DEVICES = new Set(['full', 'null', 'random', 'tty', 'urandom', 'zero'].map((name) => `/dev/${name}`));
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
    if (!SECURITY_OPTIONS.has(option.split(/[=:]/, 1)[0]!)) throw new Fault('invalid', `invalid --security-opt 2: "${option}"`);
  }
  const ipc = (host.IpcMode as string | undefined) ?? '';
  if (!['', 'none', 'private', 'shareable', 'host'].includes(ipc) && !ipc.startsWith('container:')) throw new Fault('invalid', `invalid IPC mode: ${ipc}`);
  if (host.Isolation && host.Isolation !== 'default') throw new Fault('invalid', `invalid isolation '${String(host.Isolation)}' on linux`);
  refuseDevices(host);
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
