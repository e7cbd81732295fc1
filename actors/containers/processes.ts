// From records to what executors run: the container's files and its processes, in the contract's terms.
import { CAPABILITIES, forbidsNewPrivileges, grantedCapabilities } from './capabilities.js';
import type { ContainerSpec, MountSpec, ProcessSpec, ResourceLimits } from '../executors/contract.js';
import type { LayerFiles } from '../executors/contract.js';
import type { ContainerRecord, ExecRecord, HostConfig } from './record.js';

const DEFAULT_SHM_BYTES = 64 << 20;

function mountSpecs(record: ContainerRecord): MountSpec[] {
  const specs = record.mounts.map((mount): MountSpec => {
    const options = record.mountOptions[mount.Destination] ?? {};
    return {
      type: mount.Type,
      source: mount.Source,
      target: mount.Destination,
      subpath: options.subpath ?? '',
      readOnly: !mount.RW,
      sizeBytes: options.sizeBytes ?? 0,
      mode: options.mode ?? 0o1777,
      copyUp: mount.Type === 'volume' && options.noCopy !== true,
    };
  });
  // Outer mounts first, so that /data/cache lands inside /data.
  return specs.sort((a, b) => a.target.split('/').length - b.target.split('/').length);
}

/** What a container may use; 0 = no limit. */
export function resourceLimits(hostConfig: HostConfig): ResourceLimits {
  return {
    memoryBytes: hostConfig.Memory ?? 0,
    nanoCpus: hostConfig.NanoCpus || (hostConfig.CpuQuota ? ((hostConfig.CpuQuota ?? 0) / (hostConfig.CpuPeriod || 100_000)) * 1e9 : 0),
    processes: hostConfig.PidsLimit && hostConfig.PidsLimit > 0 ? hostConfig.PidsLimit : 0,
    ulimits: (hostConfig.Ulimits ?? []).map(({ Name: name, Soft: soft, Hard: hard }) => ({ name, soft, hard })),
  };
}

/** The files of a container. */
export function containerSpec(record: ContainerRecord, layers: readonly LayerFiles[]): ContainerSpec {
  const { config, hostConfig } = record;
  return {
    id: record.id,
    layers,
    hostname: config.Hostname,
    domainname: config.Domainname,
    mounts: mountSpecs(record),
    readOnlyRootfs: hostConfig.ReadonlyRootfs,
    extraHosts: hostConfig.ExtraHosts ?? [],
    dns: hostConfig.Dns ?? [],
    dnsSearch: hostConfig.DnsSearch ?? [],
    limits: resourceLimits(hostConfig),
    shmSizeBytes: hostConfig.ShmSize || DEFAULT_SHM_BYTES,
    network: hostConfig.NetworkMode !== 'none',
  };
}

/** The first process of a container. */
export function mainProcess(record: ContainerRecord): ProcessSpec {
  const { config, hostConfig } = record;
  return {
    argv: [record.path, ...record.args],
    env: config.Env,
    cwd: config.WorkingDir,
    user: config.User,
    groups: hostConfig.GroupAdd ?? [],
    capabilities: grantedCapabilities(hostConfig),
    noNewPrivileges: forbidsNewPrivileges(hostConfig),
    tty: config.Tty,
    stdin: config.OpenStdin,
    rows: hostConfig.ConsoleSize[0],
    columns: hostConfig.ConsoleSize[1],
    init: hostConfig.Init ?? false,
  };
}

/** An exec sees the container's environment, with its own entries over it. */
export function execProcess(exec: ExecRecord, container: ContainerRecord): ProcessSpec {
  return {
    argv: exec.argv,
    env: [...container.config.Env, ...exec.env],
    cwd: exec.workingDir || container.config.WorkingDir,
    user: exec.user || container.config.User,
    groups: container.hostConfig.GroupAdd ?? [],
    capabilities: exec.privileged ? [...CAPABILITIES] : grantedCapabilities(container.hostConfig),
    noNewPrivileges: forbidsNewPrivileges(container.hostConfig),
    tty: exec.tty,
    stdin: exec.attachStdin,
    rows: exec.consoleSize[0],
    columns: exec.consoleSize[1],
    init: false,
  };
}
