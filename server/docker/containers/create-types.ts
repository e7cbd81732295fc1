// Which JSON types the fields of a create request have, so that a wrong one is refused in the words of Go's decoder.
import { Fault } from '../../../actors/runtime/fault.js';
import type { JsonObject } from '../call.js';

type Kind = 'string' | 'bool' | 'int' | 'strings' | 'string or strings' | 'object' | 'string map' | 'array';
type Types = Readonly<Record<string, Kind>>;

export const CONFIG_TYPES: Types = {
  Hostname: 'string', Domainname: 'string', User: 'string', AttachStdin: 'bool', AttachStdout: 'bool', AttachStderr: 'bool',
  ExposedPorts: 'object', Tty: 'bool', OpenStdin: 'bool', StdinOnce: 'bool', Env: 'strings', Cmd: 'string or strings',
  Healthcheck: 'object', Image: 'string', Volumes: 'object', WorkingDir: 'string', Entrypoint: 'string or strings',
  NetworkDisabled: 'bool', Labels: 'string map', StopSignal: 'string', StopTimeout: 'int', Shell: 'strings', HostConfig: 'object',
  NetworkingConfig: 'object',
};

export const HOST_CONFIG_TYPES: Types = {
  Binds: 'strings', LogConfig: 'object', NetworkMode: 'string', PortBindings: 'object', RestartPolicy: 'object', AutoRemove: 'bool',
  VolumesFrom: 'strings', Mounts: 'array', Tmpfs: 'string map', ReadonlyRootfs: 'bool', Dns: 'strings', DnsSearch: 'strings',
  DnsOptions: 'strings', ExtraHosts: 'strings', GroupAdd: 'strings', Init: 'bool', Memory: 'int', NanoCpus: 'int', CpuQuota: 'int',
  CpuPeriod: 'int', CpuShares: 'int', MemorySwap: 'int', MemoryReservation: 'int', PidsLimit: 'int', Ulimits: 'array', ShmSize: 'int',
  ConsoleSize: 'array', Privileged: 'bool', PublishAllPorts: 'bool', CapAdd: 'strings', CapDrop: 'strings', SecurityOpt: 'strings',
  IpcMode: 'string', PidMode: 'string', UTSMode: 'string', UsernsMode: 'string', CgroupnsMode: 'string', Runtime: 'string',
  VolumeDriver: 'string', Links: 'strings', Sysctls: 'string map', OomKillDisable: 'bool', OomScoreAdj: 'int', CpusetCpus: 'string',
};

const GO_NAMES: Readonly<Record<Kind, string>> = {
  string: 'string', bool: 'bool', int: 'int64', strings: '[]string', 'string or strings': 'strslice.StrSlice', object: 'map[string]interface {}',
  'string map': 'map[string]string', array: '[]interface {}',
};

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fits(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'string':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value);
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'string or strings':
      return typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
    case 'object':
      return isObject(value);
    case 'string map':
      return isObject(value) && Object.values(value).every((item) => typeof item === 'string');
    case 'array':
      return Array.isArray(value);
  }
}

/** Go's decoder takes a field's name in any case, and clients count on it (docker-py says `detachKeys`): the body is given the true names. */
function nameAsGo(body: JsonObject, types: Types): void {
  const names = new Map(Object.keys(types).map((name) => [name.toLowerCase(), name]));
  for (const given of Object.keys(body)) {
    const name = names.get(given.toLowerCase());
    if (name === undefined || name === given) continue;
    body[name] = body[given];
    delete body[given];
  }
}

/** Throws Docker's 400 for the first field of the wrong type; null always fits, unknown fields are ignored. Names are made exact. */
export function checkTypes(body: JsonObject, types: Types, structName: string): void {
  nameAsGo(body, types);
  for (const [name, kind] of Object.entries(types)) {
    const value = body[name];
    if (value === undefined || value === null || fits(value, kind)) continue;
    const found = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    throw new Fault('invalid', `invalid JSON: json: cannot unmarshal ${found} into Go struct field ${structName}.${name} of type ${GO_NAMES[kind]}`);
  }
}
