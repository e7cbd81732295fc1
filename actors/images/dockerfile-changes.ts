// Dockerfile instructions as changes to an image's run configuration: what `import` and `commit` take.
import { Fault } from '../runtime/fault.js';
import type { HealthcheckConfig, RunConfig } from './image-config.js';

const DURATION_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, 'µs': 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/**
 * Applies instructions in order to a copy of `base`.
 * @throws Fault invalid, worded as dockerd does
 * @see https://docs.docker.com/reference/cli/docker/container/commit/#change
 */
export function applyChanges(base: RunConfig, changes: readonly string[]): RunConfig {
  const config: RunConfig = structuredClone(base);
  for (const change of changes) for (const line of change.split('\n')) if (line.trim() !== '') applyLine(config, line.trim());
  return config;
}

function applyLine(config: RunConfig, line: string): void {
  const space = line.search(/\s/);
  const name = (space < 0 ? line : line.slice(0, space)).toUpperCase();
  const rest = space < 0 ? '' : line.slice(space).trim();
  const apply = INSTRUCTIONS[name];
  if (!apply) throw new Fault('invalid', /^(FROM|RUN|COPY|ADD|ARG|SHELL|MAINTAINER)$/.test(name) ? `${name} is not a valid change command` : `unknown instruction: ${name}`);
  if (rest === '' && name !== 'CMD' && name !== 'ENTRYPOINT') throw new Fault('invalid', `${name} requires at least one argument`);
  apply(config, rest);
}

const INSTRUCTIONS: Readonly<Record<string, (config: RunConfig, rest: string) => void>> = {
  CMD: (config, rest) => (config.Cmd = commandForm(rest)),
  ENTRYPOINT: (config, rest) => {
    config.Entrypoint = commandForm(rest);
    // A new entrypoint voids the command that was meant for the old one.
    if (config.Cmd) config.Cmd = null;
  },
  ENV: (config, rest) => {
    const env = new Map((config.Env ?? []).map((item) => [item.slice(0, item.indexOf('=')), item]));
    for (const [key, value] of pairs(rest, 'ENV')) env.set(key, `${key}=${value}`);
    config.Env = [...env.values()];
  },
  LABEL: (config, rest) => (config.Labels = { ...config.Labels, ...Object.fromEntries(pairs(rest, 'LABEL')) }),
  EXPOSE: (config, rest) => {
    config.ExposedPorts = { ...config.ExposedPorts };
    for (const port of words(rest)) for (const one of portRange(port)) config.ExposedPorts[one] = {};
  },
  USER: (config, rest) => (config.User = unquote(rest)),
  WORKDIR: (config, rest) => {
    const dir = unquote(rest);
    config.WorkingDir = dir.startsWith('/') ? dir : `${config.WorkingDir ?? ''}/${dir}`;
  },
  VOLUME: (config, rest) => {
    config.Volumes = { ...config.Volumes };
    for (const volume of jsonForm(rest) ?? words(rest)) {
      if (volume.trim() === '') throw new Fault('invalid', 'VOLUME specified can not be an empty string');
      config.Volumes[volume] = {};
    }
  },
  STOPSIGNAL: (config, rest) => {
    if (!/^(\d+|(SIG)?[A-Z0-9+-]+)$/.test(rest)) throw new Fault('invalid', `invalid signal: ${rest}`);
    config.StopSignal = rest;
  },
  ONBUILD: (config, rest) => {
    const trigger = (/^\S+/.exec(rest)?.[0] ?? '').toUpperCase();
    if (trigger === 'ONBUILD') throw new Fault('invalid', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
    if (trigger === 'FROM' || trigger === 'MAINTAINER') throw new Fault('invalid', `${trigger} isn't allowed as an ONBUILD trigger`);
    config.OnBuild = [...(config.OnBuild ?? []), rest];
  },
  HEALTHCHECK: (config, rest) => (config.Healthcheck = parseHealthcheck(rest)),
};

/** The exec form's words, or the shell form wrapped in `/bin/sh -c`. */
export function commandForm(rest: string): string[] {
  return jsonForm(rest) ?? (rest === '' ? [] : ['/bin/sh', '-c', rest]);
}

function jsonForm(rest: string): string[] | undefined {
  if (!rest.startsWith('[')) return undefined;
  try {
    const parsed: unknown = JSON.parse(rest);
    return Array.isArray(parsed) && parsed.every((word) => typeof word === 'string') ? (parsed as string[]) : undefined;
  } catch {
    // Not JSON: the Dockerfile language then takes the text as the shell form.
    return undefined;
  }
}

/** Splits at blanks outside quotes; quotes and backslashes stay for `unquote`. */
function words(rest: string): string[] {
  return rest.match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\])+/g) ?? [];
}

function unquote(word: string): string {
  return word.replace(/\\(.)|"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, escaped: string | undefined, double: string | undefined, single: string | undefined) => escaped ?? double?.replace(/\\(["\\$])/g, '$1') ?? single ?? '');
}

/** `k=v k2="v 2"`, or the old form `k the whole rest`. */
function pairs(rest: string, name: string): [string, string][] {
  const parts = words(rest);
  if (!(parts[0] ?? '').includes('=')) {
    const split = /^(\S+)\s+(.*)$/.exec(rest);
    if (!split) throw new Fault('invalid', `${name} must have two arguments`);
    return [[split[1] as string, split[2] as string]];
  }
  return parts.map((part) => {
    const equals = part.indexOf('=');
    if (equals < 0) throw new Fault('invalid', `Syntax error - can't find = in ${JSON.stringify(part)}. Must be of the form: name=value`);
    if (equals === 0) throw new Fault('invalid', `${name} names can not be blank`);
    return [unquote(part.slice(0, equals)), unquote(part.slice(equals + 1))];
  });
}

function portRange(text: string): string[] {
  const match = /^(\d+)(?:-(\d+))?(?:\/(tcp|udp|sctp))?$/i.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (!match || from < 1 || to > 65_535 || to < from) throw new Fault('invalid', `invalid containerPort: ${text}`);
  return Array.from({ length: to - from + 1 }, (_, i) => `${from + i}/${(match[3] ?? 'tcp').toLowerCase()}`);
}

function parseHealthcheck(rest: string): HealthcheckConfig {
  const health: HealthcheckConfig = {};
  let text = rest;
  for (let flag = /^--([a-z-]+)=(\S+)\s*/.exec(text); flag; flag = /^--([a-z-]+)=(\S+)\s*/.exec(text)) {
    const [whole, name, value] = flag as unknown as [string, string, string];
    if (name === 'interval') health.Interval = duration(value, name);
    else if (name === 'timeout') health.Timeout = duration(value, name);
    else if (name === 'start-period') health.StartPeriod = duration(value, name);
    else if (name === 'start-interval') health.StartInterval = duration(value, name);
    else if (name === 'retries' && /^\d+$/.test(value)) health.Retries = Number(value);
    else throw new Fault('invalid', `unknown flag: ${name}`);
    text = text.slice(whole.length);
  }
  const kind = (/^\S+/.exec(text)?.[0] ?? '').toUpperCase();
  const command = text.slice(kind.length).trim();
  if (kind === 'NONE') {
    if (command !== '') throw new Fault('invalid', 'HEALTHCHECK NONE takes no arguments');
    return { Test: ['NONE'] };
  }
  if (kind !== 'CMD') throw new Fault('invalid', `Unknown type ${JSON.stringify(kind)} in HEALTHCHECK (try CMD)`);
  if (command === '') throw new Fault('invalid', 'Missing command after HEALTHCHECK CMD');
  const exec = jsonForm(command);
  return { ...health, Test: exec ? ['CMD', ...exec] : ['CMD-SHELL', command] };
}

function duration(text: string, flag: string): number {
  if (!/^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) throw new Fault('invalid', `time: invalid duration ${JSON.stringify(text)}`, { flag });
  let ns = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) ns += Number(amount) * (DURATION_NS[unit as string] as number);
  if (ns > 0 && ns < 1e6) throw new Fault('invalid', `Interval ${JSON.stringify(flag)} cannot be less than 1ms`);
  return ns;
}
