// What a shell does about signals and its own events: `trap`'s table, and the signals that arrived and wait for their turn.
import { signalName, signalNumber, SIGKILL, SIGSTOP } from '../kernel/signals.js';
import type { Shell } from './shell.js';

export const PSEUDO_SIGNALS = ['EXIT', 'DEBUG', 'ERR', 'RETURN'] as const;

/** 'EXIT' for 0, 'INT' for 2, sigint or SIGINT; undefined when there is no such signal. */
export function trapName(text: string): string | undefined {
  if (text === '0') return 'EXIT';
  const upper = text.toUpperCase();
  if ((PSEUDO_SIGNALS as readonly string[]).includes(upper)) return upper;
  if (upper === 'SIGEXIT') return 'EXIT';
  const number = signalNumber(text);
  return number === undefined || number === 0 ? undefined : signalName(number);
}

export class Traps {
  readonly #shell: Shell;
  /** Name -> command; '' ignores. */
  readonly #commands = new Map<string, string>();
  /** The parent's traps, which `trap` still lists in a subshell that has set none. */
  #inherited: Map<string, string> | undefined;
  readonly #ignoredAtStart = new Set<number>();
  /** What an interactive shell does not die of. */
  readonly #survived = new Set<number>();
  /** Signals with traps that arrived. */
  readonly pending: number[] = [];
  /** Names of the traps being run, so that none runs inside itself. */
  readonly running = new Set<string>();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** Signals ignored when a shell starts stay so (POSIX). */
  noteIgnored(): void {
    for (let signal = 1; signal <= 64; signal++) {
      if (this.#shell.process.disposition(signal) === 'ignore') this.#ignoredAtStart.add(signal);
    }
  }

  /** An interactive shell outlives these signals, trapped or not; what it starts does not. */
  survive(signals: readonly number[]): void {
    for (const signal of signals) {
      this.#survived.add(signal);
      if (!this.#ignoredAtStart.has(signal)) this.#shell.process.onSignal(signal, () => undefined);
    }
  }

  /** Signals that were ignored when the shell started cannot be trapped; in an interactive bash they can. */
  #isFixed(signal: number): boolean {
    return this.#ignoredAtStart.has(signal) && !(this.#shell.isInteractive && this.#shell.isBash);
  }

  /** A subshell: ignored signals stay ignored; ERR, DEBUG and RETURN go along where the options say so. */
  fork(shell: Shell): Traps {
    const copy = new Traps(shell);
    for (const [name, command] of this.#commands) {
      const kept = command === '' || (name === 'ERR' && shell.options.errtrace) || ((name === 'DEBUG' || name === 'RETURN') && shell.options.functrace);
      if (kept) copy.#commands.set(name, command);
    }
    // dash lists none of them.
    if (shell.dialect !== 'dash') copy.#inherited = new Map(this.#inherited ?? this.#commands);
    for (const signal of this.#ignoredAtStart) if (this.#isFixed(signal)) copy.#ignoredAtStart.add(signal);
    return copy;
  }

  /** busybox: ( ) lists only what it has kept, $( ) all. */
  forgetInherited(): void {
    this.#inherited = undefined;
  }

  get(name: string): string | undefined {
    return this.#commands.get(name);
  }

  /** Whether a trap of that name would run. */
  has(name: string): boolean {
    return this.#commands.size > 0 && (this.#commands.get(name) ?? '') !== '';
  }

  /** Sets a trap; '' ignores the signal, undefined gives it its default back. */
  set(name: string, command: string | undefined): void {
    this.#inherited = undefined;
    const signal = (PSEUDO_SIGNALS as readonly string[]).includes(name) ? undefined : signalNumber(name);
    if (signal !== undefined && this.#isFixed(signal)) return;
    if (command === undefined) this.#commands.delete(name);
    else this.#commands.set(name, command);
    if (signal === undefined || signal === SIGKILL || signal === SIGSTOP) return;
    const disposition = command === undefined ? (this.#survived.has(signal) ? () => undefined : 'default') : command === '' ? 'ignore' : (arrived: number) => void this.pending.push(arrived);
    this.#shell.process.onSignal(signal, disposition);
  }

  /** For `trap` and `trap -p`: in the order of signal numbers, EXIT first. */
  list(): [string, string][] {
    const commands = this.#inherited ?? this.#commands;
    const order = (name: string): number => {
      const pseudo = ['EXIT'].indexOf(name);
      if (pseudo === 0) return 0;
      const last = ['DEBUG', 'ERR', 'RETURN'].indexOf(name);
      return last >= 0 ? 100 + last : signalNumber(name) ?? 99;
    };
    return [...this.#ignored(), ...commands].sort(([a], [b]) => order(a) - order(b));
  }

  /** bash lists what was ignored when it began. */
  #ignored(): [string, string][] {
    if (!this.#shell.isBash || this.#shell.isInteractive) return [];
    const commands = this.#inherited ?? this.#commands;
    return [...this.#ignoredAtStart].map((signal): [string, string] => [signalName(signal) ?? '', '']).filter(([name]) => name !== '' && !commands.has(name));
  }

  /** The command listed for one name. */
  listed(name: string): string | undefined {
    return (this.#inherited ?? this.#commands).get(name) ?? this.#ignored().find(([ignored]) => ignored === name)?.[1];
  }

  /** Takes a trap away for the time of a function call; `resume` gives it back unless another was set. */
  suspend(name: string): string | undefined {
    if (this.#commands.size === 0) return undefined;
    const command = this.#commands.get(name);
    if (command !== undefined) this.#commands.delete(name);
    return command;
  }

  resume(name: string, command: string | undefined): void {
    if (command !== undefined && !this.#commands.has(name)) this.#commands.set(name, command);
  }

  get isEmpty(): boolean {
    return this.#commands.size === 0;
  }

  /** Removes and returns a trap (EXIT runs once). */
  take(name: string): string | undefined {
    const command = this.#commands.get(name);
    this.#commands.delete(name);
    return command === '' ? undefined : command;
  }
}
