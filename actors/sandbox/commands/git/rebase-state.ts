// Where a rebase stands: the files of .git/rebase-merge, as git keeps them, so that another git can go on with it.
import { posix } from 'node:path';
import { exists } from '../common/exists.js';
import { removeTree } from './folders.js';
import { findRevision, peel } from './revision.js';
import type { Repository } from './repository.js';
import { parseTodo, type Step, todoText } from './rebase-todo.js';

export class RebaseState {
  readonly #repository: Repository;
  readonly folder: string;

  constructor(repository: Repository) {
    this.#repository = repository;
    this.folder = posix.join(repository.gitdir, 'rebase-merge');
  }

  get isThere(): boolean {
    return exists(this.#repository.process, this.folder);
  }

  has(name: string): boolean {
    return exists(this.#repository.process, posix.join(this.folder, name));
  }

  /** Without the line's end; '' where there is no such file. */
  read(name: string): string {
    return this.has(name) ? Buffer.from(this.#repository.process.files.readFile(posix.join(this.folder, name))).toString().replace(/\n$/, '') : '';
  }

  /** In one step; undefined removes. */
  write(name: string, text: string | undefined): void {
    const { files } = this.#repository.process;
    const path = posix.join(this.folder, name);
    if (text === undefined) {
      if (this.has(name)) files.unlink(path);
      return;
    }
    if (!this.isThere) files.mkdir(this.folder);
    files.writeFile(`${path}.lock`, Buffer.from(text));
    files.rename(`${path}.lock`, path);
  }

  clear(): void {
    if (this.isThere) removeTree(this.#repository.process, this.folder);
  }

  /** Throws GitFailure where the file was edited into something else. */
  steps(name: 'git-rebase-todo' | 'done' = 'git-rebase-todo'): Promise<Step[]> {
    return parseTodo(this.read(name), (word) => this.#commit(word));
  }

  /** The next step becomes the last one that was done. */
  async advance(): Promise<Step | undefined> {
    const [next, ...rest] = await this.steps();
    if (next === undefined) return undefined;
    const done = this.read('done');
    this.write('done', `${done === '' ? '' : `${done}\n`}${todoText([next])}`);
    this.write('git-rebase-todo', todoText(rest));
    this.write('msgnum', `${this.read('done').split('\n').length}\n`);
    return next;
  }

  async #commit(name: string): Promise<string | undefined> {
    const oid = await findRevision(this.#repository, name);
    return oid === undefined ? undefined : peel(this.#repository, oid, 'commit');
  }
}
