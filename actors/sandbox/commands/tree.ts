// tree: a folder's files drawn as a tree (http://mama.indstate.edu/users/ice/tree/, version 2).
import { Errno } from '../kernel/errno.js';
import type { Stat } from '../kernel/inode.js';
import type { Process } from '../kernel/process.js';
import type { Main } from '../kernel/program.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, type Options, type Output, parseOptions, UsageError } from '../programs/stdio.js';
import { Accounts } from './common/accounts.js';
import { compileGlob } from './common/glob.js';
import { modeString } from './common/mode.js';
import { humanSize } from './common/sizes.js';

interface Drawing {
  bar: string;
  tee: string;
  corner: string;
}

const LINES: Drawing = { bar: '│\u00a0\u00a0 ', tee: '├── ', corner: '└── ' };
const ASCII: Drawing = { bar: '|   ', tee: '|-- ', corner: '`-- ' };
const SUFFIXES: Partial<Record<Stat['type'], string>> = { directory: '/', symlink: '', fifo: '|', socket: '=' };

class Tree {
  readonly #process: Process;
  readonly #output: Output;
  readonly #options: Options;
  readonly #drawing: Drawing;
  readonly #deepest: number;
  readonly #ignored: (name: string) => boolean;
  readonly #wanted: ((name: string) => boolean) | undefined;
  readonly #accounts: Accounts;
  directories = 0;
  files = 0;
  failed = false;

  constructor(process: Process, output: Output, options: Options) {
    this.#process = process;
    this.#output = output;
    this.#options = options;
    const locale = process.env.get('LC_ALL') || process.env.get('LC_CTYPE') || process.env.get('LANG') || '';
    this.#drawing = /utf-?8/i.test(locale) && options.value('charset') === undefined ? LINES : ASCII;
    const depth = options.value('L');
    if (depth !== undefined && !(Number(depth) > 0)) throw new UsageError('Invalid level, must be greater than 0.');
    this.#deepest = depth === undefined ? Infinity : Number(depth);
    const any = (given: readonly string[]): ((name: string) => boolean) => {
      const tests = given.flatMap((pattern) => pattern.split('|')).map((pattern) => compileGlob(pattern, { ignoreCase: options.has('ignore-case') }));
      return (name) => tests.some((test) => test(name));
    };
    this.#ignored = any(options.given.get('I') ?? []);
    const wanted = options.given.get('P');
    this.#wanted = wanted && any(wanted);
    this.#accounts = new Accounts(process.files);
  }

  *root(path: string): Task {
    let stat: Stat;
    try {
      stat = this.#process.files.stat(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.#output.print(`${path}  [error opening dir]\n`);
      this.failed = true;
      return;
    }
    if (stat.type !== 'directory') {
      this.#output.print(`${path}  [error opening dir]\n`);
      this.failed = true;
      return;
    }
    this.directories++;
    this.#output.print(`${this.#details(stat)}${path}${this.#options.has('F') ? '/' : ''}\n`);
    yield* this.#folder(path, '', 1);
  }

  #details(stat: Stat): string {
    const parts: string[] = [];
    const has = (letter: string): boolean => this.#options.has(letter);
    if (has('inodes')) parts.push(String(stat.ino).padStart(7));
    if (has('p')) parts.push(modeString(stat.type, stat.mode));
    if (has('u')) parts.push((this.#accounts.userName(stat.uid) ?? String(stat.uid)).padEnd(8));
    if (has('g')) parts.push((this.#accounts.groupName(stat.gid) ?? String(stat.gid)).padEnd(8));
    if (has('h')) parts.push(humanSize(stat.sizeBytes).padStart(4));
    else if (has('s')) parts.push(String(stat.sizeBytes).padStart(11));
    return parts.length > 0 ? `[${parts.join(' ')}]  ` : '';
  }

  #children(path: string): { name: string; stat: Stat }[] {
    const { files } = this.#process;
    const found: { name: string; stat: Stat }[] = [];
    for (const { name } of files.readdir(path)) {
      if (name === '.' || name === '..' || (name.startsWith('.') && !this.#options.has('a')) || this.#ignored(name)) continue;
      const stat = files.lstat(`${path}/${name}`);
      if (stat.type !== 'directory' && (this.#options.has('d') || this.#wanted?.(name) === false)) continue;
      found.push({ name, stat });
    }
    found.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (this.#options.has('t')) found.sort((a, b) => b.stat.mtimeMs - a.stat.mtimeMs);
    if (this.#options.has('r')) found.reverse();
    const isFolder = ({ stat }: { stat: Stat }): number => (stat.type === 'directory' ? 0 : 1);
    return this.#options.has('dirsfirst') ? found.sort((a, b) => isFolder(a) - isFolder(b)) : found;
  }

  *#folder(path: string, indent: string, depth: number): Task {
    if (depth > this.#deepest) return;
    yield PREEMPT;
    let children: { name: string; stat: Stat }[];
    try {
      children = this.#children(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      this.failed = true;
      return;
    }
    if (this.#options.has('prune')) children = children.filter(({ name, stat }) => stat.type !== 'directory' || this.#children(`${path}/${name}`).length > 0);
    for (const [i, { name, stat }] of children.entries()) {
      const isLast = i === children.length - 1;
      const whole = `${path === '/' ? '' : path}/${name}`;
      const shown = this.#options.has('f') ? whole : name;
      const link = stat.type === 'symlink' ? ` -> ${this.#process.files.readlink(whole)}` : '';
      const kind = this.#options.has('F') ? SUFFIXES[stat.type] ?? ((stat.mode & 0o111) === 0 ? '' : '*') : '';
      this.#output.print(`${this.#options.has('i') ? '' : indent + (isLast ? this.#drawing.corner : this.#drawing.tee)}${this.#details(stat)}${shown}${kind}${link}\n`);
      if (this.#output.isFull) yield* this.#output.flush();
      if (stat.type !== 'directory') {
        this.files++;
        continue;
      }
      this.directories++;
      yield* this.#folder(whole, indent + (isLast ? '    ' : this.#drawing.bar), depth + 1);
    }
  }
}

export const tree: Main = command(function* (process, output) {
  const options = parseOptions(process.argv, 'adfiL:shpugrtFI:P:nClxQN', {
    noreport: 'no', dirsfirst: 'no', prune: 'no', inodes: 'no', charset: 'required', 'ignore-case': 'no', noindent: 'no',
  });
  const drawn = new Tree(process, output, options);
  for (const path of options.operands.length > 0 ? options.operands : ['.']) yield* drawn.root(path);
  const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
  if (!options.has('noreport')) output.print(`\n${count(drawn.directories, 'directory', 'directories')}${options.has('d') ? '' : `, ${count(drawn.files, 'file', 'files')}`}\n`);
  return drawn.failed ? 2 : 0;
});
