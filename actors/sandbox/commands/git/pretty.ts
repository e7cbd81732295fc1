// How a commit is shown: the named formats and the placeholders of --format (https://git-scm.com/docs/pretty-formats).
import git, { type ReadCommitResult } from 'isomorphic-git';
import type { Zone } from '../common/dates/zone.js';
import { dateText } from './dates.js';
import { allRefs } from './refs.js';
import type { Repository } from './repository.js';
import { peel } from './revision.js';

export interface Shown {
  readonly entry: ReadCommitResult;
  /** `HEAD -> main`, `tag: v1`. */
  readonly names: readonly string[];
  readonly abbreviates: boolean;
  readonly dateMode: string;
  readonly zone: Zone;
}

const ABBREVIATED = 7;
const BUILT_IN = new Set(['oneline', 'short', 'medium', 'full', 'fuller', 'reference', 'email', 'mboxrd', 'raw']);
const COLORS = /%C(?:\([^)]*\)|reset|red|green|yellow|blue|magenta|cyan|white|black|bold)/;
const PLACEHOLDER = new RegExp(`${COLORS.source}|%x[0-9a-fA-F]{2}|%w\\([^)]*\\)|%[<>]+(?:\\([^)]*\\)|\\|\\([^)]*\\))|%[+\\- ]?(?:[ac][nNeElLdDrtiIsSh]|G[?KSGFPT]|g[dDsnNeE]|\\((?:trailers|describe|decorate)[^)]*\\)|[HhTtPpsfbBnDdmeN%])`, 'g');

export const short = (oid: string): string => oid.slice(0, ABBREVIATED);

export interface Format {
  readonly text: (shown: Shown) => string;
  /** Entries have an end of line between them, as blocks and `format:` have; or each has one behind it. */
  readonly separates: boolean;
  /** What stands between an entry and its changes, unless the entry is empty. */
  readonly gap: '' | '\n';
}

/** A format by the value of --format or --pretty; `undefined` is git's own choice. */
export function parseFormat(given: string | undefined): Format {
  const name = given === undefined || given === '' ? 'medium' : given;
  if (name === 'oneline') return { text: ({ entry, names, abbreviates }) => `${abbreviates ? short(entry.oid) : entry.oid}${decoration(names)} ${subject(entry)}`, separates: false, gap: '' };
  if (name === 'reference') return { text: (shown) => placeholders('%h (%s, %as)', shown), separates: false, gap: '\n' };
  if (name === 'raw') return { text: raw, separates: true, gap: '\n' };
  if (name === 'email' || name === 'mboxrd') return { text: email, separates: false, gap: '\n' };
  if (BUILT_IN.has(name)) return { text: (shown) => block(name, shown), separates: true, gap: '\n' };
  const [, kind, template] = /^(t?format:)?([\s\S]*)$/.exec(name)!;
  return { text: (shown) => placeholders(template!, shown), separates: kind === 'format:', gap: '\n' };
}

function decoration(names: readonly string[]): string {
  return names.length > 0 ? ` (${names.join(', ')})` : '';
}

function messageLines({ commit }: ReadCommitResult): string[] {
  return commit.message.replace(/\n+$/, '').split('\n');
}

/** The first paragraph on one line. */
export function subject(entry: ReadCommitResult): string {
  const lines = messageLines(entry);
  const end = lines.indexOf('');
  return (end < 0 ? lines : lines.slice(0, end)).join(' ');
}

function body(entry: ReadCommitResult): string {
  const lines = messageLines(entry);
  const end = lines.indexOf('');
  const text = end < 0 ? '' : lines.slice(end).join('\n').replace(/^\n+/, '');
  return text === '' ? '' : `${text}\n`;
}

function block(name: string, { entry, names, abbreviates, dateMode, zone }: Shown): string {
  const { oid, commit } = entry;
  const { author, committer, parent } = commit;
  const date = (stamp: typeof author): string => dateText(stamp, dateMode, zone);
  const lines = [`commit ${abbreviates ? short(oid) : oid}${decoration(names)}`];
  if (parent.length > 1) lines.push(`Merge: ${parent.map(short).join(' ')}`);
  const pad = name === 'fuller' ? 12 : name === 'medium' ? 8 : 0;
  const label = (text: string): string => (pad > 0 ? text.padEnd(pad) : `${text} `);
  lines.push(`${label('Author:')}${author.name} <${author.email}>`);
  if (name === 'medium') lines.push(`${label('Date:')}${date(author)}`);
  if (name === 'fuller') lines.push(`${label('AuthorDate:')}${date(author)}`);
  if (name === 'full' || name === 'fuller') lines.push(`${label('Commit:')}${committer.name} <${committer.email}>`);
  if (name === 'fuller') lines.push(`${label('CommitDate:')}${date(committer)}`);
  const message = name === 'short' ? [subject(entry)] : messageLines(entry);
  return `${lines.join('\n')}\n\n${commit.message.trim() === '' ? '' : message.map((line) => (`    ${line}`)).join('\n')}${commit.message.trim() === '' ? '' : '\n'}`;
}

function raw({ entry: { oid, commit }, names, zone }: Shown): string {
  const who = (role: 'author' | 'committer'): string => `${role} ${commit[role].name} <${commit[role].email}> ${dateText(commit[role], 'raw', zone)}\n`;
  return `commit ${oid}${decoration(names)}\ntree ${commit.tree}\n${commit.parent.map((parent) => `parent ${parent}\n`).join('')}${who('author')}${who('committer')}\n${commit.message.replace(/\n+$/, '').split('\n').map((line) => `    ${line}\n`).join('')}`;
}

function email({ entry, zone }: Shown): string {
  return `From ${entry.oid} Mon Sep 17 00:00:00 2001\nFrom: ${entry.commit.author.name} <${entry.commit.author.email}>\nDate: ${dateText(entry.commit.author, 'rfc', zone)}\nSubject: [PATCH] ${subject(entry)}\n\n${body(entry)}`;
}

function personValue(person: { name: string; email: string; timestamp: number; timezoneOffset: number }, letter: string, { dateMode, zone }: Shown): string {
  const dates: Readonly<Record<string, string>> = { d: dateMode, D: 'rfc', r: 'relative', t: 'unix', i: 'iso', I: 'iso-strict', s: 'short', h: 'default' };
  if (letter === 'n' || letter === 'N') return person.name;
  if (letter === 'e' || letter === 'E') return person.email;
  if (letter === 'l' || letter === 'L') return person.email.split('@')[0]!;
  return dateText(person, dates[letter]!, zone);
}

function value(name: string, shown: Shown): string {
  const { entry, names } = shown;
  const { oid, commit } = entry;
  switch (name) {
    case 'H': return oid;
    case 'h': return short(oid);
    case 'T': return commit.tree;
    case 't': return short(commit.tree);
    case 'P': return commit.parent.join(' ');
    case 'p': return commit.parent.map(short).join(' ');
    case 's': return subject(entry);
    case 'f': return subject(entry).replaceAll(/[^A-Za-z0-9._]+/g, '-').replaceAll(/\.{2,}/g, '.').replaceAll(/^-|[-.]+$/g, '');
    case 'b': return body(entry);
    case 'B': return commit.message.replace(/\n*$/, '\n');
    case 'n': return '\n';
    case '%': return '%';
    case 'D': return names.join(', ');
    case 'd': return decoration(names);
    case 'm': return '>';
    case 'N': case 'e': return '';
    case 'G?': return commit.gpgsig === undefined ? 'N' : 'E';
    default: break;
  }
  if (name.startsWith('(trailers')) return trailers(entry, name);
  if (name.startsWith('a') || name.startsWith('c')) return personValue(name.startsWith('a') ? commit.author : commit.committer, name[1]!, shown);
  return '';
}

const TRAILER = /^[A-Za-z0-9-]+: /;

function trailers(entry: ReadCommitResult, options: string): string {
  const last = body(entry).trimEnd().split('\n\n').at(-1)!.split('\n').filter((line) => TRAILER.test(line));
  const key = /key=([^,)]+)/.exec(options)?.[1]?.replace(/:$/, '').toLowerCase();
  const chosen = last.filter((line) => key === undefined || line.toLowerCase().startsWith(`${key}:`)).map((line) => (/valueonly/.test(options) ? line.replace(TRAILER, '') : line));
  const separator = /separator=([^,)]*)/.exec(options)?.[1]?.replaceAll(/%x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))).replaceAll('%n', '\n');
  return separator === undefined ? chosen.map((line) => `${line}\n`).join('') : chosen.join(separator);
}

function placeholders(template: string, shown: Shown): string {
  return template.replaceAll(PLACEHOLDER, (word) => {
    if (word.startsWith('%C') || word.startsWith('%w') || /^%[<>]/.test(word)) return '';
    if (word.startsWith('%x')) return String.fromCharCode(Number.parseInt(word.slice(2), 16));
    const [, mark, name] = /^%([+\- ]?)(.*)$/s.exec(word)!;
    const text = value(name!, shown);
    if (text === '') return '';
    return mark === '+' ? `\n${text}` : mark === ' ' ? ` ${text}` : text;
  });
}

/** Names of commits for --decorate and %d: HEAD and its branch, tags, branches, remote branches. */
export async function decorations(repository: Repository): Promise<Map<string, string[]>> {
  const { fs, gitdir } = repository;
  const names = new Map<string, string[]>();
  const current = await git.currentBranch({ fs, gitdir, fullname: true });
  const head = await git.resolveRef({ fs, gitdir, ref: 'HEAD' }).catch(() => undefined);
  if (head !== undefined) names.set(head, [current ? `HEAD -> ${current.replace('refs/heads/', '')}` : 'HEAD']);
  const refs = await allRefs(repository);
  for (const prefix of ['refs/tags/', 'refs/heads/', 'refs/remotes/']) {
    const some = refs.filter(({ ref }) => ref.startsWith(prefix) && ref !== current);
    for (const { ref, oid } of some) {
      const commit = (await peel(repository, oid, 'commit')) ?? oid;
      names.set(commit, [...(names.get(commit) ?? []), prefix === 'refs/tags/' ? `tag: ${ref.slice(prefix.length)}` : ref.replace(/^refs\/(heads|remotes)\//, '')]);
    }
  }
  return names;
}
