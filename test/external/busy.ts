// Containers that never rest, in a server of their own: they neither hold up another container's exec nor outlive docker kill.
import { connectDocker, type Call, execute, median, remove, runContainer } from './client.js';
import type { Check, Context, Outcome } from './outcome.js';
import { startOwnServer } from './own-server.js';
import { judge } from './shell.js';

const EXECS = 40;
const KILLS = 3;
const DELAY_MAX_MS = 20;
const SURVIVAL_MAX_MS = 100;
/** A machine that others load as well is asked again. */
const TRIES = 4;
const SETTLE_MS = 300;

/** `(module (memory (export "memory") 1) (func (export "_start") (loop (br 0))))` */
const BUSY_WASM = '0061736d0100000001040160000003020100050301000107130206' + '6d656d6f72790200' + '065f73746172740000' + '0a09010700034' + '00c000b0b';
const octal = (hex: string): string => hex.replace(/../g, (byte) => `\\${Number.parseInt(byte, 16).toString(8).padStart(3, '0')}`);
const many = 'a'.repeat(40);

const LOOPS: Readonly<Record<string, Record<string, unknown>>> = {
  'a shell loop': { Cmd: ['bash', '-c', 'while :; do :; done'] },
  'an arithmetic loop': { Cmd: ['bash', '-c', 'for ((;;)); do :; done'] },
  'an awk loop': { Cmd: ['awk', 'BEGIN { while (1); }'] },
  'a regular expression of grep': { Cmd: ['sh', '-c', `yes '${many}!' | grep -E '^((a+)+)+$'`] },
  'a back reference of grep': { Cmd: ['sh', '-c', `yes '${many}!' | grep -E '^(a*)*(a*)*\\1\\2b$'`] },
  'a regular expression of sed': { Cmd: ['sh', '-c', `yes '${many}!' | sed -E 's/^((a|aa)+)+$/x/' > /dev/null`] },
  'a regular expression of bash': { Cmd: ['bash', '-c', `while :; do [[ ${many}! =~ ^((a|a?)+)+$ ]]; done`] },
  'a pattern of bash': { Cmd: ['bash', '-c', `shopt -s extglob; while :; do [[ ${many}! == +(+(a|aa)) ]]; done`] },
  'a sort of much': { Cmd: ['sh', '-c', 'seq 1 3000000 | sort -r | sort -n | sort > /dev/null; exec sort < /dev/zero'], HostConfig: { Memory: 512 << 20 } },
  'a WASI program': { Cmd: ['sh', '-c', `printf '${octal(BUSY_WASM)}' > /busy && chmod +x /busy && exec /busy`] },
  'a node program': { Image: 'sockerless/node', Cmd: ['node', '-e', 'for (;;);'] },
  'a fork bomb': { Cmd: ['bash', '-c', ':(){ :|:& };:; exec sleep 1000'], HostConfig: { PidsLimit: 200 } },
};

/** Median time of an exec of `true`, from its start to its exit code. */
async function execMs(call: Call, container: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < EXECS; i++) {
    const begin = performance.now();
    await execute(call, container, ['true']);
    times.push(performance.now() - begin);
  }
  return median(times);
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

async function delay(context: Context, call: Call, victim: string, name: string, config: Record<string, unknown>): Promise<string | undefined> {
  let least = Infinity;
  for (let tries = 0; tries < TRIES && least > DELAY_MAX_MS; tries++) {
    const idleMs = await execMs(call, victim);
    const busy = await runContainer(call, config);
    await settle();
    const busyMs = await execMs(call, victim);
    await remove(call, busy);
    least = Math.min(least, busyMs - idleMs);
    context.log(`${name}: an exec takes ${idleMs.toFixed(1)} ms, beside it ${busyMs.toFixed(1)} ms`);
  }
  return least <= DELAY_MAX_MS ? undefined : `an exec elsewhere is ${least.toFixed(1)} ms later`;
}

/** From docker kill to the answer of docker wait. */
async function killMs(call: Call, config: Record<string, unknown>): Promise<number> {
  const id = await runContainer(call, config);
  await settle();
  const waiting = call('POST', `/containers/${id}/wait`);
  const begin = performance.now();
  const killed = await call('POST', `/containers/${id}/kill`);
  const { body } = await waiting;
  const tookMs = performance.now() - begin;
  await remove(call, id);
  if (killed.status !== 204) throw new Error(`kill: ${killed.status} ${killed.body.toString().trim()}: it had ended by itself`);
  if ((JSON.parse(body.toString()) as { StatusCode: number }).StatusCode !== 137) throw new Error(`exit code ${body.toString().trim()}`);
  return tookMs;
}

/** What docker kill costs anyway, its durable answer among it, is told by a container at rest in the same minute. */
async function survival(context: Context, call: Call, name: string, config: Record<string, unknown>): Promise<string | undefined> {
  let least = Infinity;
  for (let tries = 0; tries < TRIES && least > SURVIVAL_MAX_MS; tries++) {
    const restMs: number[] = [], busyMs: number[] = [];
    for (let i = 0; i < KILLS; i++) {
      restMs.push(await killMs(call, { Cmd: ['sleep', 'infinity'] }));
      busyMs.push(await killMs(call, config));
    }
    least = Math.min(least, median(busyMs) - median(restMs));
    context.log(`${name}: dead ${median(busyMs).toFixed(0)} ms after docker kill, one at rest ${median(restMs).toFixed(0)} ms`);
  }
  return least <= SURVIVAL_MAX_MS ? undefined : `it lives ${least.toFixed(0)} ms longer than one at rest`;
}

/** 10 000 forks and what they meet. */
async function forkBomb(call: Call): Promise<string | undefined> {
  const script = ':(){ :|:& };:; for i in $(seq 10000); do (:) & done 2>&1 | head -c 100000; exec sleep 1000';
  const id = await runContainer(call, { Cmd: ['bash', '-c', script], HostConfig: { PidsLimit: 100 } });
  const elsewhere = await runContainer(call, { Cmd: ['sleep', 'infinity'] });
  let said = '';
  for (let i = 0; i < 600 && !said.includes('fork: retry: Resource temporarily unavailable'); i++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    said = (await call('GET', `/containers/${id}/logs?stdout=1&stderr=1`)).body.toString();
  }
  const { output, exitCode } = await execute(call, elsewhere, ['sh', '-c', 'x=$(echo fine) && (echo $x)']);
  await remove(call, id);
  await remove(call, elsewhere);
  if (!said.includes('fork: retry: Resource temporarily unavailable')) return `no word of it: ${said.slice(0, 300)}`;
  return exitCode === 0 && output === 'fine\n' ? undefined : `elsewhere: ${exitCode} ${output}`;
}

export const busy: Check = {
  name: 'busy',
  async run(context) {
    const server = await startOwnServer(context.workDir);
    const outcomes: Outcome[] = [];
    try {
      const call = connectDocker(server.dockerHost);
      const victim = await runContainer(call, { Cmd: ['sleep', 'infinity'] });
      for (const [name, config] of Object.entries(LOOPS)) {
        outcomes.push(await judge(`${name} does not hold up another container`, () => delay(context, call, victim, name, config)));
        outcomes.push(await judge(`${name} dies at docker kill`, () => survival(context, call, name, config)));
      }
      outcomes.push(await judge('a fork bomb is told so, and is alone with it', () => forkBomb(call)));
      return outcomes;
    } finally {
      server.stop();
    }
  },
};
