// The files and commands an awk program writes to and reads from by name.
import { Errno } from '../../kernel/errno.js';
import { O_APPEND, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../kernel/open-file.js';
import { type Process, statusCode } from '../../kernel/process.js';
import type { Task } from '../../kernel/wait.js';
import { Output } from '../../programs/stdio.js';
import { converseShell, readShell, startShell, writeShell } from '../shell-out.js';
import type { Redirection } from './ast.js';
import { RecordReader } from './records.js';

interface OpenOutput {
  output: Output;
  fd: number;
  child: Process | undefined;
}

interface OpenInput {
  reader: RecordReader;
  child: Process | undefined;
}

/** What is open by name, until close or the end. */
export class Streams {
  readonly #process: Process;
  readonly standard: Output;
  /** Why the last file could not be read. */
  lastError: Errno | undefined;
  readonly #outputs = new Map<string, OpenOutput>();
  readonly #inputs = new Map<string, OpenInput>();

  constructor(process: Process, standard: Output) {
    this.#process = process;
    this.standard = standard;
  }

  /** Where `print > target` goes; throws Errno when it cannot be opened. */
  output(operator: Redirection['operator'], target: string): Output {
    if (!operator.startsWith('|') && (target === '/dev/stdout' || target === '-')) return this.standard;
    const known = this.#outputs.get(target);
    if (known) return known.output;
    if (operator === '|&') {
      this.#converse(target);
      return this.#outputs.get(target)!.output;
    }
    const opened = this.#openOutput(operator, target);
    this.#outputs.set(target, opened);
    return opened.output;
  }

  /** Starts a command that is written to and read from; who closes its output waits for it. */
  #converse(line: string): void {
    const { child, writeFd, readFd } = converseShell(this.#process, line);
    this.#outputs.set(line, { output: new Output(this.#process, writeFd), fd: writeFd, child: undefined });
    this.#inputs.set(line, { reader: new RecordReader(this.#process, readFd, () => this.flushAll()), child });
  }

  #openOutput(operator: '>' | '>>' | '|', target: string): OpenOutput {
    if (operator === '|') {
      const { child, fd } = writeShell(this.#process, target);
      return { output: new Output(this.#process, fd), fd, child };
    }
    if (target === '/dev/stderr') return { output: new Output(this.#process, 2), fd: 2, child: undefined };
    const fd = this.#process.open(target, O_WRONLY | O_CREAT | (operator === '>' ? O_TRUNC : O_APPEND));
    this.#process.descriptors.setCloseOnExec(fd, true);
    return { output: new Output(this.#process, fd), fd, child: undefined };
  }

  /** A reader of a file or a command's output; undefined when the file cannot be opened. */
  *input(from: 'file' | 'command' | 'coprocess', source: string): Task<RecordReader | undefined> {
    const known = this.#inputs.get(source);
    if (known) return known.reader;
    if (from !== 'file') yield* this.flushAll();
    if (from === 'coprocess') {
      this.#converse(source);
      return this.#inputs.get(source)!.reader;
    }
    let fd: number;
    let child: Process | undefined;
    try {
      if (from === 'command') ({ child, fd } = readShell(this.#process, source));
      else fd = source === '-' || source === '/dev/stdin' ? 0 : this.#process.open(source, O_RDONLY);
    } catch (error) {
      if (error instanceof Errno) {
        this.lastError = error;
        return undefined;
      }
      throw error;
    }
    const reader = new RecordReader(this.#process, fd, () => this.flushAll());
    this.#inputs.set(source, { reader, child });
    return reader;
  }

  get needsFlush(): boolean {
    if (this.standard.isFull) return true;
    for (const { output } of this.#outputs.values()) if (output.isFull) return true;
    return false;
  }

  /** Writes what is full; commands downstream get theirs in time. */
  *flushFull(): Task {
    if (this.standard.isFull) yield* this.standard.flush();
    for (const { output } of this.#outputs.values()) if (output.isFull) yield* output.flush();
  }

  *flushAll(): Task {
    yield* this.standard.flush();
    for (const { output } of this.#outputs.values()) yield* output.flush();
  }

  /** fflush(name): -1 when nothing of the name is open. */
  *flush(name: string): Task<number> {
    const open = this.#outputs.get(name);
    if (!open) return -1;
    yield* open.output.flush();
    return 0;
  }

  /** close(name): the exit code of a command, 0 for a file, -1 when nothing of the name is open. `end` is `to` or `from` where only one of a conversation's ends is meant. */
  *close(name: string, end?: string): Task<number> {
    let result = -1;
    const output = end === 'from' ? undefined : this.#outputs.get(name);
    if (output) {
      this.#outputs.delete(name);
      // What is printed to a reader that is gone is lost, as with SIGPIPE ignored.
      yield* this.standard.flush();
      yield* output.output.flush();
      if (output.fd > 2) this.#process.close(output.fd);
      result = yield* this.#wait(output.child);
    }
    const input = end === 'to' ? undefined : this.#inputs.get(name);
    if (input) {
      this.#inputs.delete(name);
      if (input.reader.fd > 2) this.#process.close(input.reader.fd);
      const other = end === 'from' ? this.#outputs.get(name) : undefined;
      if (other) other.child = input.child;
      result = other ? 0 : yield* this.#wait(input.child);
    }
    return result;
  }

  *#wait(child: Process | undefined): Task<number> {
    if (!child) return 0;
    yield* this.#process.wait([child]);
    return statusCode(child.status!);
  }

  /** At the end everything is closed, and commands are waited for. */
  *closeAll(): Task {
    yield* this.standard.flush();
    for (const name of [...this.#outputs.keys(), ...this.#inputs.keys()]) yield* this.close(name);
  }

  *system(line: string): Task<number> {
    yield* this.flushAll();
    const child = startShell(this.#process, line);
    yield* this.#process.wait([child]);
    const status = child.status!;
    return 'signal' in status ? 256 + status.signal : status.exitCode;
  }
}
