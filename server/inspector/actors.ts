// One actor in detail: state, context, past, what is still to happen, what it belongs to.
import type { Engine } from '../../actors/runtime/engine.js';
import { Fault } from '../../actors/runtime/fault.js';
import type { Outlook } from '../../actors/runtime/outlook.js';
import type { Durable, JournalEntry } from '../../actors/runtime/durable.js';
import { type Chapter, chapters } from './history.js';
import { type ActorRow, type ActorRows } from './rows.js';

/** Another actor that this one has to do with, or an image or volume by name. */
export interface Link {
  readonly relation: 'container' | 'exec' | 'image' | 'volume' | 'network';
  readonly name: string;
  /** Of the actor; '' for what is none or is not there. */
  readonly id: string;
}

export interface ActorDetail extends Durable, Omit<ActorRow, keyof Durable>, Outlook {
  readonly spec: unknown;
  readonly journal: readonly Chapter[];
  readonly links: readonly Link[];
}

const LINKS_MAX = 200;

/** By id, unambiguous beginning of an id, or name. Throws Fault `not-found`. */
export async function actorDetail(engine: Engine, rows: ActorRows, wanted: string): Promise<ActorDetail> {
  const row = rows.resolve(wanted);
  const [durable, spec, journal, outlook] = await Promise.all([engine.read(row.id), engine.spec(row.id), engine.journal(row.id), engine.outlook(row.id)]);
  if (!durable) throw new Fault('not-found', `no such actor: ${wanted}`);
  return { ...row, ...durable, ...outlook, spec, journal: chapters(journal), links: linksOf(rows, durable, spec) };
}

/** The durable state and the journal, for looking back. */
export async function past(engine: Engine, id: string): Promise<{ durable: Durable; journal: JournalEntry[] }> {
  const [durable, journal] = await Promise.all([engine.read(id), engine.journal(id)]);
  if (!durable) throw new Fault('not-found', `no such actor: ${id}`);
  return { durable, journal };
}

interface Mounted {
  readonly mounts?: readonly { readonly Type: string; readonly Name?: string }[];
  readonly hostConfig?: { readonly NetworkMode?: string };
}

function linksOf(rows: ActorRows, { kind, id, context }: Durable, spec: unknown): Link[] {
  const links: Link[] = [];
  const add = (relation: Link['relation'], name: string, actor: string): void => {
    if (links.length < LINKS_MAX) links.push({ relation, name, id: rows.get(actor) ? actor : '' });
  };
  if (kind === 'exec') {
    const container = String(context.container);
    add('container', rows.get(container)?.name ?? container.slice(0, 12), container);
  }
  if (kind === 'container') {
    add('image', String(context.image), '');
    const { mounts = [], hostConfig } = (spec ?? {}) as Mounted;
    for (const { Type, Name } of mounts) if (Type === 'volume' && Name !== undefined) add('volume', Name, `volume:${Name}`);
    if (hostConfig?.NetworkMode !== undefined) add('network', hostConfig.NetworkMode, `network:${hostConfig.NetworkMode}`);
    for (const exec of rows.execsOf(id)) add('exec', exec.name, exec.id);
  }
  if (kind === 'network') for (const container of Object.keys((context.endpoints ?? {}) as object)) add('container', rows.get(container)?.name ?? container.slice(0, 12), container);
  return links;
}
