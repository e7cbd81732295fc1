// git rev-parse: where a repository is, and ids of what names mean; arguments are answered in the order in which they come.
import { posix } from 'node:path';
import git from 'isomorphic-git';
import { exists } from '../common/exists.js';
import { type Command, type GitContext, need } from './command.js';
import { allRefs, shortRef } from './refs.js';
import { GitFailure, type Repository } from './repository.js';
import { findRevision, fullName, unknownRevision, upstreamOf } from './revision.js';
import { mergeBases } from './walk.js';

/** Options that answer with one line about the repository. */
const QUESTIONS: Readonly<Record<string, (repository: Repository, prefix: string) => string>> = {
  'show-toplevel': ({ dir }) => dir,
  'absolute-git-dir': ({ gitdir }) => gitdir,
  'git-dir': ({ dir, gitdir }, prefix) => (prefix === '' ? posix.relative(dir, gitdir) || '.' : gitdir),
  'git-common-dir': ({ dir, gitdir }, prefix) => (prefix === '' ? posix.relative(dir, gitdir) || '.' : posix.relative(posix.join(dir, prefix), gitdir)),
  'is-inside-work-tree': ({ dir, gitdir, process }) => String(dir !== gitdir && !`${process.files.getcwd()}/`.startsWith(`${gitdir}/`)),
  'is-inside-git-dir': ({ gitdir, process }) => String(`${process.files.getcwd()}/`.startsWith(`${gitdir}/`)),
  'show-prefix': (_, prefix) => (prefix === '' ? '' : `${prefix}/`),
  'is-bare-repository': ({ dir, gitdir }) => String(dir === gitdir),
  'show-cdup': (_, prefix) => prefix.split('/').filter((part) => part !== '').map(() => '../').join(''),
  'is-shallow-repository': ({ gitdir, process }) => String(exists(process, posix.join(gitdir, 'shallow'))),
  'show-object-format': () => 'sha1',
  'show-superproject-working-tree': () => '',
};

/** Variables that concern one repository: a script that turns to another unsets them. */
const LOCAL_VARIABLES = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_CONFIG', 'GIT_CONFIG_PARAMETERS', 'GIT_CONFIG_COUNT', 'GIT_OBJECT_DIRECTORY', 'GIT_DIR', 'GIT_WORK_TREE', 'GIT_IMPLICIT_WORK_TREE',
  'GIT_GRAFT_FILE', 'GIT_INDEX_FILE', 'GIT_NO_REPLACE_OBJECTS', 'GIT_REPLACE_REF_BASE', 'GIT_PREFIX', 'GIT_INTERNAL_SUPER_PREFIX', 'GIT_SHALLOW_FILE', 'GIT_COMMON_DIR',
];

const NAMESPACES: Readonly<Record<string, string>> = { all: 'refs/', branches: 'refs/heads/', tags: 'refs/tags/', remotes: 'refs/remotes/' };

/** Options of other commands that choose revisions: `--revs-only` lets them pass. */
const CHOOSES_REVISIONS = /^(?:--(?:all|bisect|branches|cherry|date-order|dense|full-history|glob=.*|left-right|max-age=.*|max-count=.*|merges?|min-age=.*|no-merges|not|objects(?:-edge)?|parents|pretty.*|remotes|reverse|show-all|since=.*|skip=.*|sparse|tags|topo-order|until=.*)|-(?:n.*|\d+))$/;

export const revParse: Command = async (context) => {
  const words = context.argv.slice(1);
  if (words[0] === '--sq-quote') {
    context.print(`${words.slice(1).map((word) => ` ${quoted(word)}`).join('')}\n`);
    return 0;
  }
  if (words[0] === '--local-env-vars') {
    context.print(LOCAL_VARIABLES.map((name) => `${name}\n`).join(''));
    return 0;
  }
  return await new RevParse(context, need(context)).run(words);
};

function quoted(word: string): string {
  return `'${word.replaceAll(/['!]/g, "'\\$&'")}'`;
}

class RevParse {
  readonly #context: GitContext;
  readonly #repository: Repository;
  readonly #cwd: string;
  /** Where below the top of the work tree we are. */
  readonly #prefix: string;
  /** One revision is wanted; it is told of at the end. */
  #verifies = false;
  readonly #verified: string[] = [];
  #isQuiet = false;
  #isAbsolute = false;
  /** How names are shown instead of ids. */
  #naming: 'abbrev-ref' | 'symbolic-full-name' | 'symbolic' | undefined;
  #idLength: number | undefined;
  #isQuoted = false;
  #excludes = false;
  #default: string | undefined;
  readonly #shows = { revisions: true, others: true, flags: true, operands: true };

  constructor(context: GitContext, repository: Repository) {
    this.#context = context;
    this.#repository = repository;
    const { dir, gitdir, process } = repository;
    this.#cwd = process.files.getcwd();
    this.#prefix = dir === gitdir || !`${this.#cwd}/`.startsWith(`${dir}/`) ? '' : posix.relative(dir, this.#cwd);
  }

  async run(words: readonly string[]): Promise<number> {
    const hasDashes = words.includes('--');
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      if (word === '--') {
        if (this.#verifies) break;
        await this.#paths(words.slice(at), true);
        break;
      }
      if (word === '--default' || word === '--git-path') {
        const value = words[++at];
        if (value === undefined) throw new GitFailure(`${word} requires an argument`);
        if (word === '--default') this.#default = value;
        else this.#print(this.#place(posix.join(this.#question('git-common-dir'), value)));
        continue;
      }
      if (word.startsWith('-') && word !== '-') {
        await this.#option(word);
        continue;
      }
      const ids = await idsOf(this.#repository, word);
      if (ids !== undefined) {
        await this.#revision(word, ids);
        continue;
      }
      if (this.#verifies) return this.#refuse();
      if (hasDashes) throw new GitFailure(`bad revision '${word}'`);
      await this.#paths(words.slice(at), false);
      break;
    }
    if (this.#verifies && this.#verified.length !== 1 && !(this.#verified.length === 0 && (await this.#showDefault()))) return this.#refuse();
    if (!this.#verifies) await this.#showDefault();
    for (const line of this.#verified) this.#show(line);
    return 0;
  }

  #refuse(): number {
    if (this.#isQuiet) return 1;
    throw new GitFailure('Needed a single revision');
  }

  #print(text: string): void {
    this.#context.print(`${text}\n`);
  }

  #place(path: string): string {
    return this.#isAbsolute ? posix.resolve(this.#cwd, path) : path;
  }

  #question(name: string): string {
    const { process } = this.#repository;
    const given = name === 'git-dir' ? this.#context.gitDir ?? process.env.get('GIT_DIR') : undefined;
    return given ?? QUESTIONS[name]!(this.#repository, this.#prefix);
  }

  async #option(word: string): Promise<void> {
    const [, name, value] = /^--?([^=]*)(?:=(.*))?$/s.exec(word)!;
    if (word === '-q') this.#isQuiet = true;
    else if (!word.startsWith('--')) await this.#other(word);
    else if (Object.hasOwn(QUESTIONS, name!) && (value === undefined || name === 'show-object-format')) {
      const answer = this.#question(name!);
      if (answer !== '' || name !== 'show-superproject-working-tree') this.#print(/dir$/.test(name!) ? this.#place(answer) : answer);
    } else if (Object.hasOwn(NAMESPACES, name!)) await this.#namespace(NAMESPACES[name!]!, value);
    else await this.#setting(word, name!, value);
  }

  async #setting(word: string, name: string, value: string | undefined): Promise<void> {
    const shows = this.#shows;
    switch (name) {
      case 'verify':
        this.#verifies = true;
        break;
      case 'short':
        this.#verifies = true;
        this.#idLength = value === undefined ? 7 : Math.max(4, Number(value) || 7);
        break;
      case 'quiet':
        this.#isQuiet = true;
        break;
      case 'abbrev-ref':
      case 'symbolic':
      case 'symbolic-full-name':
        this.#naming = name;
        break;
      case 'path-format':
        this.#isAbsolute = value === 'absolute';
        break;
      case 'sq':
        this.#isQuoted = true;
        break;
      case 'not':
        this.#excludes = !this.#excludes;
        break;
      case 'revs-only':
        shows.others = false;
        break;
      case 'no-revs':
        shows.revisions = false;
        break;
      case 'flags':
        shows.operands = false;
        break;
      case 'no-flags':
        shows.flags = false;
        break;
      case 'end-of-options':
        if (!this.#verifies) await this.#other(word);
        break;
      default:
        await this.#other(word);
    }
  }

  /** An option for the command that the answer is given to. */
  async #other(word: string): Promise<void> {
    const { flags, revisions, others } = this.#shows;
    if (this.#verifies || !flags || !(CHOOSES_REVISIONS.test(word) ? revisions : others)) return;
    await this.#showDefault();
    this.#show(word);
  }

  #show(text: string): void {
    if (this.#isQuoted) this.#context.print(`${quoted(text)} `);
    else this.#print(text);
  }

  async #namespace(start: string, pattern: string | undefined): Promise<void> {
    const glob = pattern === undefined ? undefined : new RegExp(`^${start}${pattern.replaceAll(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}${/[*?[]/.test(pattern) ? '' : '(?:/.*)?'}$`);
    for (const { ref, oid } of await allRefs(this.#repository)) {
      if (ref.startsWith(start) && (glob?.test(ref) ?? true)) await this.#revision(ref, [oid]);
    }
  }

  async #revision(name: string, ids: readonly string[]): Promise<void> {
    if (!this.#shows.revisions) return;
    this.#default = undefined;
    const lines = this.#naming === undefined || ids.length > 1 ? ids.map((id) => this.#marked(this.#shortened(id))) : await this.#named(name);
    for (const line of lines) {
      if (this.#verifies) this.#verified.push(line);
      else this.#show(line);
    }
  }

  #marked(id: string): string {
    return !this.#excludes ? id : id.startsWith('^') ? id.slice(1) : `^${id}`;
  }

  #shortened(id: string): string {
    return this.#idLength === undefined ? id : id.slice(0, (id.startsWith('^') ? 1 : 0) + this.#idLength);
  }

  async #named(text: string): Promise<string[]> {
    const { fs, gitdir } = this.#repository;
    const upstream = /^(.*)@\{(?:u|upstream)\}$/i.exec(text)?.[1];
    if (this.#naming === 'symbolic') return [text.startsWith('refs/') ? shortRef(text) : text];
    const full = text === 'HEAD' || text === '@' ? (await git.currentBranch({ fs, gitdir, fullname: true })) || 'HEAD' : upstream === undefined ? await fullName(this.#repository, text) : await upstreamOf(this.#repository, upstream);
    return full === undefined ? [] : [this.#naming === 'abbrev-ref' ? shortRef(full) : full];
  }

  async #showDefault(): Promise<boolean> {
    const name = this.#default;
    this.#default = undefined;
    const ids = name === undefined ? undefined : await idsOf(this.#repository, name);
    if (ids === undefined) return false;
    await this.#revision(name!, ids);
    return true;
  }

  /** Names of files, which are shown as they are; without `--` they must be there. */
  async #paths(words: readonly string[], isGiven: boolean): Promise<void> {
    for (const word of words) {
      if (!isGiven && word.startsWith('-')) {
        await this.#other(word);
        continue;
      }
      await this.#showDefault();
      if (!this.#shows.operands || !this.#shows.others) {
        if (isGiven) continue;
        return;
      }
      this.#show(word);
      if (!isGiven && !exists(this.#repository.process, posix.resolve(this.#cwd, word))) throw unknownRevision(word);
    }
  }
}

/** The ids that a word stands for; throws where a branch has no upstream. */
async function idsOf(repository: Repository, word: string): Promise<string[] | undefined> {
  const found = await ids(repository, word);
  const upstream = found === undefined ? /^(.*?)@\{(?:u|upstream)\}/i.exec(word)?.[1] : undefined;
  if (upstream === undefined) return found;
  const { fs, gitdir } = repository;
  const branch = upstream.replace(/^.*\.\./, '') || (await git.currentBranch({ fs, gitdir })) || undefined;
  if (branch === undefined) throw new GitFailure('HEAD does not point to a branch');
  if ((await findRevision(repository, `refs/heads/${branch}`)) === undefined) throw new GitFailure(`no such branch: '${branch}'`);
  throw new GitFailure(`no upstream configured for branch '${branch}'`);
}

/** A revision is one id; a range is its ends, those that it leaves out marked. */
async function ids(repository: Repository, text: string): Promise<string[] | undefined> {
  const [, from, dots, to] = /^(.*?)(\.{2,3})(.*)$/.exec(text) ?? [];
  if (dots === undefined) {
    const oid = await findRevision(repository, text.replace(/^\^/, ''));
    return oid === undefined ? undefined : [(text.startsWith('^') ? '^' : '') + oid];
  }
  const [left, right] = await Promise.all([from!, to!].map((name) => findRevision(repository, name === '' ? 'HEAD' : name)));
  if (left === undefined || right === undefined) return undefined;
  return dots === '..' ? [right, `^${left}`] : [left, right, ...(await mergeBases(repository, [left, right])).map((base) => `^${base}`)];
}
