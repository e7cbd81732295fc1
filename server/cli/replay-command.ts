// `sockerless replay ACTOR`: the journal as a story, each event with what it changed.
import type { Command } from 'commander';
import { type ActorDetail, past } from '../inspector/actors.js';
import { moment, type Moment } from '../inspector/history.js';
import { type ActorRow, ActorRows } from '../inspector/rows.js';
import { look } from './look.js';
import { defaultDataRoot } from './places.js';

interface ReplayOptions {
  readonly dataRoot: string;
  readonly json?: boolean;
}

const SHORT = 100;

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
};

function elapsed(ms: number): string {
  if (ms < 1000) return `${ms.toFixed(1)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

/** What an event carried, apart from its type and time. */
function carried({ type: _type, at: _at, input: _input, ...rest }: Record<string, unknown>): string {
  return Object.keys(rest).length === 0 ? '' : ` ${short(rest)}`;
}

function chapter(now: Moment, before: Moment | undefined): string {
  const { at, event, state, context, was, effects } = now;
  const lead = before ? `${elapsed(at - before.at)} later` : new Date(at).toISOString();
  const way = before?.state === state ? `still ${state}` : before ? `${before.state} -> ${state}` : state;
  const lines = [`${String(now.seq).padStart(4)}  ${lead}: ${event.type === 'xstate.init' ? 'born' : event.type}${carried(event as unknown as Record<string, unknown>)}`, `      ${way}`];
  for (const [key, former] of Object.entries(was)) lines.push(`      ${key}: ${short(former)} -> ${short(context[key])}`);
  if (effects.length > 0) lines.push(`      asks for: ${effects.join(', ')}`);
  return lines.join('\n');
}

interface Story {
  readonly row: Pick<ActorRow, 'kind' | 'id' | 'name'>;
  readonly moments: readonly Moment[];
}

function read(dataRoot: string, wanted: string): Promise<Story> {
  return look<Story>(dataRoot, async (get) => {
    const path = `/actors/${encodeURIComponent(wanted)}`;
    const row = await get<ActorDetail>(path);
    const moments: Moment[] = [];
    for (const { seq } of row.journal) moments.push(await get<Moment>(`${path}/at/${seq}`));
    return { row, moments };
  }, async (engine) => {
    const row = (await ActorRows.open(engine)).resolve(wanted);
    const { durable, journal } = await past(engine, row.id);
    return { row, moments: journal.map(({ seq }) => moment(durable, journal, seq)) };
  });
}

async function replay(wanted: string, { dataRoot, json }: ReplayOptions): Promise<void> {
  const { row: { kind, name, id }, moments } = await read(dataRoot, wanted);
  if (json === true) return void process.stdout.write(`${JSON.stringify(moments, null, 2)}\n`);
  const first = moments[0]?.seq ?? 0;
  const lost = first > 0 ? [`      (${first} earlier events have left the journal)`] : [];
  process.stdout.write(`${[[kind, name, id].filter((word) => word !== '').join(' '), ...lost, ...moments.map((now, n) => chapter(now, moments[n - 1]))].join('\n')}\n`);
}

export function addReplay(program: Command): void {
  program.command('replay <actor>').description("an actor's journal as a story; by id or the id's beginning, or by name")
    .option('--data-root <dir>', 'of the server to look at', defaultDataRoot())
    .option('--json', 'every state it was in, as JSON')
    .action(replay);
}
