// `sockerless ps` and `sockerless inspect`: the actors of a server, live where one runs, from its data root where none does.
import { type Command } from 'commander';
import { Fault } from '../../actors/runtime/fault.js';
import { machines } from '../../machines/index.js';
import { type ActorDetail, actorDetail } from '../inspector/actors.js';
import { type ActorRow, ActorRows } from '../inspector/rows.js';
import type { CommitLine } from '../inspector/commit-log.js';
import { look } from './look.js';
import { defaultDataRoot } from './places.js';
import { commitText, shortId } from './view.js';
import { openFeed, showTerminal } from './view-terminal.js';

interface Look {
  dataRoot: string;
  json?: boolean;
  kind?: string;
  state?: string;
  follow?: boolean;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]! + 3))).join('')).join('\n');
}

async function ps(options: Look): Promise<undefined> {
  const query = new URLSearchParams({ ...(options.kind ? { kind: options.kind } : {}), ...(options.state ? { state: options.state } : {}) });
  if (options.kind !== undefined && !(options.kind in machines)) throw new Fault('invalid', `no machine of kind ${options.kind}; there are ${Object.keys(machines).join(', ')}`);
  const rows = await look<ActorRow[]>(options.dataRoot, (get) => get(`/actors?${query}`), async (engine) => [...(await ActorRows.open(engine)).find(options)]);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return undefined;
  }
  const cells = rows.map(({ kind, id, name, state, seq }) => [kind, shortId(id), name, state, String(seq)]);
  process.stdout.write(`${table([['KIND', 'ID', 'NAME', 'STATE', 'EVENTS'], ...cells])}\n`);
  return undefined;
}

async function inspect(id: string | undefined, options: Look): Promise<void> {
  if (id === undefined && options.follow !== true && options.json !== true && process.stdin.isTTY && process.stdout.isTTY) return showTerminal(options.dataRoot, [options.kind, options.state].filter((word) => word !== undefined).join(' '));
  const shown = id === undefined ? await ps(options) : await show(id, options);
  if (options.follow === true) await follow(shown?.id, options);
}

async function show(id: string, options: Look): Promise<ActorDetail> {
  const detail = await look<ActorDetail>(options.dataRoot, (get) => get(`/actors/${encodeURIComponent(id)}`), async (engine) => actorDetail(engine, await ActorRows.open(engine), id));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(detail, null, 2)}\n`);
    return detail;
  }
  process.stdout.write(`${detail.kind} ${detail.id}\nstate   ${JSON.stringify(detail.value)}\nevents  ${detail.seq}\n\ncontext\n${JSON.stringify(detail.context, null, 2)}\n\njournal\n`);
  const lines = detail.journal.map(({ at, event, to, effects }) => [new Date(at).toISOString(), event.type, to, effects.join(' ')]);
  process.stdout.write(`${table(lines)}\n`);
  return detail;
}

/** Each commit on a line (as JSON where asked), until the server goes away or the actor ends. */
async function follow(id: string | undefined, { dataRoot, json, kind }: Look): Promise<void> {
  const topic = id !== undefined ? `actor/${id}` : kind !== undefined ? `kind/${kind}` : 'commits';
  let over!: () => void;
  const ended = new Promise<void>((resolve) => (over = resolve));
  const socket = await openFeed(dataRoot, [topic], ((message: { commits?: CommitLine[] }) => {
    for (const commit of message.commits ?? []) {
      process.stdout.write(`${json === true ? JSON.stringify(commit) : commitText(commit)}\n`);
      if (commit.gone && commit.id === id) over();
    }
  }) as never);
  socket.on('close', over);
  await ended;
  socket.terminate();
}

export function addPs(program: Command): void {
  program.command('ps').description('list actors: containers, execs, pulls, volumes')
    .option('--data-root <dir>', 'of the server to look at', defaultDataRoot())
    .option('--kind <kind>', `only these: ${Object.keys(machines).join(', ')}`)
    .option('--state <state>', 'only actors in this state')
    .option('--json', 'as JSON')
    .action(ps);
}

export function addInspect(program: Command): void {
  program.command('inspect [actor]').description("one actor: its state, context and journal; by id or the id's beginning, or by name. Without one: all of them, at a terminal live")
    .option('--data-root <dir>', 'of the server to look at', defaultDataRoot())
    .option('--kind <kind>', `only these: ${Object.keys(machines).join(', ')}`)
    .option('--state <state>', 'only actors in this state')
    .option('-f, --follow', 'then each commit as it happens')
    .option('--json', 'as JSON')
    .action(inspect);
}
