// The text of a settings file, changed entry by entry: everything else in it stays as it was written.
import { posix } from 'node:path';
import type { Process } from '../../kernel/process.js';
import { canonical, parseSettings } from './configuration.js';
import { GitFailure } from './repository.js';

interface Line {
  readonly line: string;
  readonly section: string;
  readonly key: string | undefined;
  readonly isHeader: boolean;
}

/** Each line of a file with the section that it is in and the key that it sets. */
function* linesOf(text: string): Generator<Line> {
  let section = '';
  for (const line of text.split('\n')) {
    const [header = '', name, sub] = /^\s*\[\s*([\w.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/.exec(line) ?? [];
    if (name !== undefined) section = name.toLowerCase() + (sub === undefined ? '' : `.${sub.replaceAll(/\\(.)/g, '$1')}`);
    yield { line, section, key: /^\s*([A-Za-z][\w-]*)\s*(=|$)/.exec(line.slice(header.length))?.[1]?.toLowerCase(), isHeader: name !== undefined };
  }
}

/** A section without entries goes with its last one. */
export function withoutEmpty(text: string, section: string): string {
  const lines = [...linesOf(text)];
  const isEmpty = lines.some((one) => one.isHeader && one.section === section) && !lines.some((one) => one.section === section && (one.key !== undefined || /^\s*[#;]/.test(one.line)));
  return isEmpty ? lines.filter((one) => one.section !== section || (!one.isHeader && one.line !== '')).map(({ line }) => line).join('\n') : text;
}

export function split(name: string): { section: string; key: string } {
  const last = name.lastIndexOf('.');
  return { section: name.slice(0, last), key: name.slice(last + 1) };
}

/** The text without the entries of a name, or without some of them. */
export function without(text: string, name: string, removes: (index: number) => boolean = () => true): string {
  const { section, key } = split(name);
  let index = 0;
  return [...linesOf(text)].filter((one) => !(one.section === section && one.key === key && removes(index++))).map(({ line }) => line).join('\n');
}

function quoted(value: string): string {
  const escaped = value.replaceAll(/[\\"]/g, String.raw`\$&`).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return /^\s|\s$|[#;]/.test(value) ? `"${escaped}"` : escaped;
}

function headerOf(given: string): string {
  const first = given.indexOf('.');
  const last = given.lastIndexOf('.');
  const sub = first === last ? undefined : given.slice(first + 1, last);
  return `[${given.slice(0, first)}${sub === undefined ? '' : ` "${sub.replaceAll(/[\\"]/g, String.raw`\$&`)}"`}]`;
}

/** Puts an entry under its section, which is made at the end where there is none; or in the place of the last of its name. */
export function withEntry(text: string, given: string, value: string, replaces: boolean): string {
  const { section, key } = split(canonical(given));
  const entry = `\t${given.slice(given.lastIndexOf('.') + 1)} = ${quoted(value)}`;
  const all = text === '' ? [] : [...linesOf(text.replace(/\n$/, ''))];
  const lines = all.map(({ line }) => line);
  const old = replaces ? all.findLastIndex((one) => one.section === section && one.key === key) : -1;
  if (old >= 0) lines[old] = entry;
  else {
    const last = all.findLastIndex((one) => one.section === section && (one.isHeader || one.key !== undefined));
    if (last < 0) lines.push(headerOf(given), entry);
    else lines.splice(last + 1, 0, entry);
  }
  return `${lines.join('\n')}\n`;
}

/** Section without case, subsection with. */
function sectionName(name: string): string {
  const first = name.indexOf('.');
  return first < 0 ? name.toLowerCase() : name.slice(0, first).toLowerCase() + name.slice(first);
}

function requireSection(text: string, name: string): Line[] {
  const lines = [...linesOf(text)];
  if (!lines.some((one) => one.section === sectionName(name))) throw new GitFailure(`no such section: ${name}`);
  return lines;
}

/** Throws GitFailure where there is no such section, or the new name is none. */
export function withSectionRenamed(text: string, name: string, to: string): string {
  const lines = requireSection(text, name);
  if (!/^[\w-]+(\..+)?$/s.test(to)) throw new GitFailure(`invalid section name: ${to}`);
  return lines.map((one) => (one.isHeader && one.section === sectionName(name) ? headerOf(`${to}.`) : one.line)).join('\n');
}

/** Throws GitFailure where there is no such section. */
export function withoutSection(text: string, name: string): string {
  const kept = requireSection(text, name).filter((one) => one.section !== sectionName(name)).map(({ line }) => line).join('\n');
  return kept === '' || kept.endsWith('\n') ? kept : `${kept}\n`;
}

/** Replaces a settings file in one step. Throws GitFailure while another holds it. */
export function writeSettings({ files }: Process, path: string, text: string): void {
  const lock = `${path}.lock`;
  if (files.exists(lock)) throw new GitFailure(`could not lock config file ${path}: File exists`, 255);
  const mode = files.exists(path) ? files.stat(path).mode & 0o777 : undefined;
  files.writeFile(lock, Buffer.from(text), mode === undefined ? {} : { mode });
  files.rename(lock, path);
}

interface Place {
  readonly process: Process;
  readonly gitdir: string;
}

function changeSettings({ process, gitdir }: Place, change: (text: string) => string): void {
  const path = posix.join(gitdir, 'config');
  writeSettings(process, path, change(process.files.exists(path) ? Buffer.from(process.files.readFile(path)).toString() : ''));
}

/** Gives one of the repository's own settings its value; undefined takes it away. */
export function setSetting(place: Place, name: string, value: string | undefined): void {
  const key = canonical(name);
  changeSettings(place, (text) => {
    if (value === undefined) return withoutEmpty(without(text, key), split(key).section);
    const count = parseSettings(text).filter((one) => one.name === key).length;
    return withEntry(count > 1 ? without(text, key) : text, name, value, count === 1);
  });
}

/** Adds to a setting that has several values. */
export function addSetting(place: Place, name: string, value: string): void {
  changeSettings(place, (text) => withEntry(text, name, value, false));
}

/** Does nothing where there is no such section. */
export function removeSettings(place: Place, section: string): void {
  changeSettings(place, (text) => ([...linesOf(text)].some((one) => one.section === sectionName(section)) ? withoutSection(text, section) : text));
}

/** Throws GitFailure where there is no such section. */
export function renameSettings(place: Place, section: string, to: string): void {
  changeSettings(place, (text) => withSectionRenamed(text, section, to));
}

/** A remote with its address and the refs that a fetch of it brings. */
export function addRemote(place: Place, remote: string, url: string): void {
  setSetting(place, `remote.${remote}.url`, url);
  setSetting(place, `remote.${remote}.fetch`, `+refs/heads/*:refs/remotes/${remote}/*`);
}
