// From records to what executors run: the container's files and its processes, in the contract's terms.
import { hostname, networkInterfaces } from 'node:os';
import { Fault } from '../runtime/fault.js';
import { CAPABILITIES, forbidsNewPrivileges, grantedCapabilities } from './capabilities.js';
import type { ContainerSpec, LayerFiles, MountSpec, ProcessSpec, ResourceLimits } from '../executors/contract.js';
import { parseSize } from './consoles.js';
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
      uid: options.uid ?? 0,
      gid: options.gid ?? 0,
      noExec: options.noExec ?? false,
      noSuid: options.noSuid ?? false,
      noDev: options.noDev ?? false,
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

/** Where a container reaches its host: what dockerd's bridge is elsewhere. */
function hostAddress(): string {
  const own = Object.values(networkInterfaces()).flat().find((each) => each !== undefined && !each.internal && each.family === 'IPv4');
  if (!own) throw new Fault('invalid', 'unable to derive the IP value for host-gateway');
  return own.address;
}

/** The files of a container. */
export function containerSpec(record: ContainerRecord, layers: readonly LayerFiles[]): ContainerSpec {
  const { config, hostConfig } = record;
  return {
    id: record.id,
    layers,
    hostname: hostConfig.UTSMode === 'host' ? hostname() : config.Hostname,
    domainname: config.Domainname,
    mounts: mountSpecs(record),
    readOnlyRootfs: hostConfig.ReadonlyRootfs,
    extraHosts: (hostConfig.ExtraHosts ?? []).map((host) => host.replace(/:host-gateway$/, () => `:${hostAddress()}`)),
    dns: hostConfig.Dns ?? [],
    dnsSearch: hostConfig.DnsSearch ?? [],
    dnsOptions: hostConfig.DnsOptions ?? [],
    sysctls: hostConfig.Sysctls ?? {},
    privileged: hostConfig.Privileged,
    cgroupPath: hostConfig.CgroupnsMode === 'host' ? `/docker/${record.id}` : '/',
    oomScoreAdjustment: (hostConfig.OomScoreAdj as number | undefined) ?? 0,
    rootSizeBytes: parseSize(hostConfig.StorageOpt?.size) ?? 0,
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
