// Where the text of an awk program comes from: files found along AWKPATH, and what they include.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { readAll, UsageError } from '../../programs/stdio.js';
import { joinPath } from '../common/paths.js';
import { openInput } from '../text-input.js';
import { AwkFatal } from './values.js';
import type { Source } from './source.js';

const DEFAULT_PATH = '.:/usr/local/share/awk';

export class ProgramFiles {
  readonly #process: Process;
  readonly #programs = new Set<string>();
  readonly #included = new Set<string>();
  /** Whether gawk's library that edits files in place was asked for: it is built in. */
  isInPlace = false;

  constructor(process: Process) {
    this.#process = process;
  }

  /** The file of that name along AWKPATH, with or without its `.awk`; what has a slash is a path. */
  #find(name: string): string {
    const { files, env } = this.#process;
    if (name.includes('/') || name === '-') return name;
    const folders = (env.get('AWKPATH') || DEFAULT_PATH).split(':');
    const paths = ['', '.awk'].flatMap((suffix) => folders.map((folder) => (folder === '' || folder === '.' ? name + suffix : joinPath(folder, name + suffix))));
    return paths.find((path) => files.exists(path)) ?? name;
  }

  /** A program named by -f. */
  *program(name: string): Task<Source> {
    const path = this.#find(name);
    this.#programs.add(path);
    try {
      const fd = openInput(this.#process, path);
      const text = decode(yield* readAll(this.#process, fd));
      if (fd > 0) this.#process.close(fd);
      return { name, text };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new UsageError(`fatal: cannot open source file \`${name}' for reading: ${error.message}`, 2);
    }
  }

  /** A library named by -i or `@include`; undefined where it has been included before. */
  include(name: string): Source | undefined {
    const path = this.#find(name);
    if (this.#programs.has(path)) throw new AwkFatal(`cannot include \`${name}' and use it as a program file`);
    if (this.#included.has(path)) return undefined;
    this.#included.add(path);
    if (/^inplace(\.awk)?$/.test(path)) {
      this.isInPlace = true;
      return undefined;
    }
    try {
      return { name, text: decode(this.#process.files.readFile(path)) };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new AwkFatal(`cannot open source file \`${name}' for reading: ${error.message}`);
    }
  }
}
