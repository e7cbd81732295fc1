// `sockerless serve`: flags named as dockerd names them; SIGTERM and SIGINT end it at once, a start is always a recovery.
import { rmSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { Fault } from '../../actors/runtime/fault.js';
import { createLog, isLogLevel } from '../log.js';
import { defaultDataRoot, defaultHost, inspectorSocket, inspectorToken, isLoopback, parseHost } from './places.js';
import { selfCheck } from './self-check.js';

interface ServeOptions {
  host: string[];
  dataRoot: string;
  backend: string;
  logLevel: string;
  logFormat: string;
  registryMirror: string[];
  insecureRegistry: string[];
  durability: 'power' | 'process';
  httpEngine: 'auto' | 'uWebSockets' | 'node:http';
  tls?: boolean;
  selfCheck?: boolean;
  outbox: boolean;
  inspect?: string | true;
  inspectWrite?: boolean;
  inspectHost: string[];
  telemetry?: string | true;
}

const INSPECTOR_ADDRESS = 'tcp://127.0.0.1:2390';

const collect = (value: string, all: string[]): string[] => [...all, value];

async function serve(options: ServeOptions): Promise<void> {
  if (!isLogLevel(options.logLevel)) throw new Fault('invalid', `invalid logging level: ${options.logLevel}`);
  const log = createLog(options.logLevel, options.logFormat === 'json' ? 'json' : 'text');
  const hosts = (options.host.length > 0 ? options.host : [defaultHost()]).map(parseHost);
  for (const address of hosts) {
    if ('host' in address && !isLoopback(address.host)) log({ level: 'warn', msg: 'the API is not protected: whoever reaches this address controls the server', address: `${address.host}:${address.port}` });
  }
  const inspect = options.inspect === undefined ? undefined : inspectorAddress(options.inspect);
  process.on('uncaughtException', (error) => {
    // Memory may be ahead of disk, or a defect has struck: the only safe state is the durable one.
    log({ level: 'fatal', msg: 'a defect ended the server', stack: error.stack ?? String(error) });
    process.exit(70);
  });
  // Imported here, so that the other commands start without the whole server.
  const { startServer } = await import('../server.js');
  const server = await startServer({
    dataRoot: options.dataRoot,
    hosts,
    backend: options.backend,
    log,
    registryMirrors: options.registryMirror,
    insecureRegistries: options.insecureRegistry,
    durability: options.durability,
    httpEngine: options.httpEngine,
    outbox: options.outbox,
    ...(inspect ? { inspect } : {}),
    inspectWrite: options.inspectWrite === true,
    inspectHosts: options.inspectHost,
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry === true ? {} : { otlpUrl: options.telemetry } }),
  });
  if (server.inspectorUrl !== undefined) log({ msg: 'inspector', url: server.inspectorUrl, ...(inspect && !isLoopback(inspect.host) ? { token: `in ${inspectorToken(options.dataRoot)}` } : {}) });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // Crash-only: nothing needs saving. The socket files go so that clients see "no server" rather than "refused".
      for (const address of hosts) if ('unix' in address) rmSync(address.unix, { force: true });
      rmSync(inspectorSocket(options.dataRoot), { force: true });
      process.exit(0);
    });
  }
  if (options.selfCheck === true) await selfCheck(server.hosts[0]!);
}

/** `--inspect` alone, `--inspect HOST:PORT`, or as -H takes it. */
function inspectorAddress(wanted: string | true): { host: string; port: number } {
  const text = wanted === true ? INSPECTOR_ADDRESS : wanted.includes('://') ? wanted : `tcp://${wanted}`;
  const address = parseHost(text);
  if ('unix' in address) throw new Fault('invalid', `--inspect takes HOST:PORT, not ${text}; the socket in the data root is always there`);
  return address;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('serve the Docker Engine API')
    .option('-H, --host <address>', 'where to listen, unix:///PATH or tcp://HOST:PORT; may be repeated (default: a unix socket)', collect, [])
    .option('--data-root <dir>', 'where everything durable lies', defaultDataRoot())
    .option('--backend <name>', 'where containers run', process.env.SOCKERLESS_BACKEND ?? 'memory')
    .option('-l, --log-level <level>', 'debug, info, warn, error or fatal', 'info')
    .addOption(new Option('--log-format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .option('--registry-mirror <url>', 'a registry asked before Docker Hub; may be repeated', collect, [])
    .option('--insecure-registry <host>', 'a registry spoken to without TLS; may be repeated', collect, [])
    .addOption(new Option('--durability <what>', 'what acknowledged state survives: power (loss) or process (death)').choices(['power', 'process']).default('power'))
    .addOption(new Option('--http-engine <name>', 'which HTTP engine serves').choices(['auto', 'uWebSockets', 'node:http']).default('auto'))
    .option('--inspect [address]', `serve the inspector's page, at HOST:PORT (default ${INSPECTOR_ADDRESS.slice(6)})`)
    .option('--inspect-write', 'let the inspector send events to actors and open terminals')
    .option('--inspect-host <name>', "a host name under which the inspector's page is asked for; may be repeated", collect, [])
    .option('--telemetry [otlp-url]', "metrics for Prometheus at the inspector's /metrics, and traces to an OpenTelemetry collector")
    .addOption(new Option('--no-outbox', 'do not record intended effects (only to prove that they matter)').hideHelp())
    .option('--self-check', 'run one container through the API after the start and print its output')
    .action(serve);
}
