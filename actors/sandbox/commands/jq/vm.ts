// The machine that runs a compiled jq program: instructions over a persistent stack, with fork points to come back to.
import type { Task } from '../../kernel/wait.js';
import { Pace } from '../text-input.js';
import { JqError, type Value } from './value.js';

/** One step; it changes the machine. */
export type Instruction = (vm: Vm) => void;

/** A compiled function: its code, and how many variables its frames have. */
export interface Routine {
  code: Instruction[];
  variables: number;
}

/** A function handed to another, with the frame that it was written in. */
export interface Closure {
  routine: Routine;
  frame: Frame | undefined;
}

export interface Frame {
  routine: Routine;
  /** Where what is written around it lives. */
  outer: Frame | undefined;
  closures: readonly Closure[];
  variables: unknown[];
  caller: Frame | undefined;
  returnTo: number;
}

interface Cell {
  value: unknown;
  below: Cell | undefined;
}

/** A path, its last key first. */
export interface PathCell {
  key: Value;
  before: PathCell | undefined;
}

export type ForkKind = 'choice' | 'catch' | 'caught' | 'alternative' | 'label';

/** A point to come back to: on failure to find more (`choice`), or on an error. */
export interface Fork {
  kind: ForkKind;
  frame: Frame;
  pc: number;
  stack: Cell | undefined;
  isTracking: boolean;
  path: PathCell | undefined;
  valueAtPath: Value;
  nesting: number;
  /** Instead of going to `pc`. */
  resume?: (vm: Vm) => void;
}

/** What a program asks of its surroundings. */
export interface Host {
  /** The next input; undefined when there is none. @throws JqError */
  input(): Task<Value | undefined>;
  /** For standard error. */
  message(text: string): void;
  flushMessages(): Task;
  readonly fileName: string | null;
  readonly lineNumber: number;
  readonly nowSeconds: number;
  /** Seconds since the epoch -> seconds east of Greenwich and the zone's name. */
  zone(seconds: number): { offsetSeconds: number; name: string };
}

/** `halt` and `halt_error`. */
export class Halt extends Error {
  readonly exitCode: number;
  readonly output: Value | undefined;
  constructor(exitCode: number, output: Value | undefined) {
    super('halted');
    this.exitCode = exitCode;
    this.output = output;
  }
}

const STEPS = 512;
const FORKS_MAX = 20_000_000;

export class Vm {
  readonly host: Host;
  pc = 0;
  frame!: Frame;
  code: Instruction[] = [];
  stack: Cell | undefined;
  forks: Fork[] = [];
  /** Whether paths are kept (inside `path(…)`); `nesting` counts the subexpressions whose paths do not matter. */
  isTracking = false;
  path: PathCell | undefined;
  valueAtPath: Value = null;
  nesting = 0;
  state: 'running' | 'output' | 'input' | 'done' = 'running';
  readonly #pace = new Pace();

  constructor(host: Host) {
    this.host = host;
  }

  start(main: Routine, input: Value): void {
    this.frame = { routine: main, outer: undefined, closures: [], variables: [], caller: undefined, returnTo: 0 };
    this.code = main.code;
    this.pc = 0;
    this.stack = { value: input, below: undefined };
    this.forks = [];
    this.isTracking = false;
    this.path = undefined;
    this.valueAtPath = null;
    this.nesting = 0;
    this.state = 'running';
  }

  push(value: unknown): void {
    this.stack = { value, below: this.stack };
  }

  pop(): unknown {
    const cell = this.stack!;
    this.stack = cell.below;
    return cell.value;
  }

  /** Puts it in the place of the topmost value. */
  replace(value: unknown): void {
    this.stack = { value, below: this.stack!.below };
  }

  /** The frame so many levels of writing further out. */
  frameAt(level: number): Frame {
    let frame = this.frame;
    for (; level > 0; level--) frame = frame.outer!;
    return frame;
  }

  fork(kind: ForkKind, pc: number, resume?: (vm: Vm) => void): void {
    if (this.forks.length >= FORKS_MAX) throw new JqError('Out of memory: too many points to come back to');
    this.forks.push({
      kind, pc, frame: this.frame, stack: this.stack, isTracking: this.isTracking, path: this.path, valueAtPath: this.valueAtPath, nesting: this.nesting,
      ...(resume ? { resume } : {}),
    });
  }

  restore(fork: Fork): void {
    this.stack = fork.stack;
    this.isTracking = fork.isTracking;
    this.path = fork.path;
    this.valueAtPath = fork.valueAtPath;
    this.nesting = fork.nesting;
    this.pc = fork.pc;
    if (this.frame === fork.frame) return;
    this.frame = fork.frame;
    this.code = fork.frame.routine.code;
  }

  /** Back to the last point that may give more. */
  backtrack(): void {
    for (let fork = this.forks.pop(); fork; fork = this.forks.pop()) {
      if (fork.kind !== 'choice') continue;
      this.restore(fork);
      fork.resume?.(this);
      return;
    }
    this.state = 'done';
  }

  /** Back to what catches it; errors raised behind a `try` that is over are not its own. @throws JqError */
  raise(error: JqError): void {
    let over = 0;
    for (let fork = this.forks.pop(); fork; fork = this.forks.pop()) {
      if (fork.kind === 'caught') over++;
      else if (fork.kind === 'catch' && over > 0) over--;
      else if (fork.kind === 'catch' || fork.kind === 'alternative') {
        this.restore(fork);
        if (fork.kind === 'catch') this.replace(error.value);
        return;
      }
    }
    this.state = 'done';
    throw error;
  }

  /** Leaves a label: what it had begun is forgotten. */
  leave(label: unknown): void {
    for (let fork = this.forks.pop(); fork; fork = this.forks.pop()) {
      if (fork === label) return this.backtrack();
    }
    throw new JqError('break');
  }

  /** What a key leads to becomes the topmost value. */
  follow(key: Value, value: Value): void {
    this.replace(value);
    if (!this.isTracking || this.nesting > 0) return;
    this.path = { key, before: this.path };
    this.valueAtPath = value;
  }

  /** Whether the value may be gone into further while paths are kept. */
  isIntact(value: Value): boolean {
    return !this.isTracking || this.nesting > 0 || Object.is(value, this.valueAtPath);
  }

  /** The next output; undefined when there is no more. @throws JqError that nothing caught; Halt */
  *next(): Task<Value | undefined> {
    if (this.state === 'output') {
      this.state = 'running';
      this.backtrack();
    }
    while ((this.state as string) !== 'done') {
      try {
        for (let i = 0; i < STEPS && this.state === 'running'; i++) this.code[this.pc++]!(this);
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        this.raise(error);
      }
      if ((this.state as string) === 'output') return this.pop() as Value;
      if ((this.state as string) === 'input') yield* this.#read();
      yield* this.#pace.turn();
    }
    return undefined;
  }

  *#read(): Task {
    this.state = 'running';
    yield* this.host.flushMessages();
    try {
      const value = yield* this.host.input();
      if (value === undefined) this.raise(new JqError('break'));
      else this.replace(value);
    } catch (error) {
      if (!(error instanceof JqError) || (this.state as string) === 'done') throw error;
      this.raise(error);
    }
  }
}

