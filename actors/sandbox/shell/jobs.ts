// The table of background jobs, by number and process, with the statuses that `wait` asks for later.
import type { Process } from '../kernel/process.js';
import { SIGINT, SIGPIPE, SIGTERM } from '../kernel/signals.js';
import type { OpenCoprocess } from './execute/coprocesses.js';
import { deathOf, type Job, jobLine, jobState, jobStatus } from './job.js';
import type { Shell } from './shell.js';
import { logicalDirectory, tilde } from './working-directory.js';

/** bash forgets more; nobody asks for a status that old. */
const REMEMBERED_MAX = 4096;

export class JobTable {
  readonly #shell: Shell;
  #jobs: Job[] = [];
  /** Most recent last: `%+` is the last one, `%-` the one before. */
  #order: Job[] = [];
  /** What process substitutions run. */
  #substitutions: Job[] = [];
  /** Coprocesses that have not been waited for. */
  coprocesses: OpenCoprocess[] = [];
  readonly #remembered = new Map<number, number>();
  /** dash: jobs that ended and were waited for; the next job takes the place of one of them. */
  readonly #waited = new Set<Job>();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** A subshell starts without jobs of its own. */
  fork(shell: Shell): JobTable {
    return new JobTable(shell);
  }

  /** `$(jobs -p)` and `jobs | …` tell of the jobs of the shell they were forked from: seen and signalled, but no children to wait for. */
  inherit({ all }: JobTable): void {
    this.#jobs.push(...all);
    this.#order.push(...all);
  }

  get own(): readonly Job[] {
    const { children } = this.#shell.process;
    return this.#jobs.filter(({ processes }) => processes.some((process) => process.status !== undefined || children.has(process)));
  }

  add(processes: readonly Process[], text: string, isControlled: boolean): Job {
    this.collect();
    const isDash = !this.#shell.isBash;
    if (isDash) this.makeRoom();
    else if (!this.#shell.isInteractive) this.forgetEnded();
    const number = isDash ? this.#freeNumber() : (this.#jobs.at(-1)?.number ?? 0) + 1;
    const job: Job = {
      number, processes, text, isControlled, processGroup: processes[0]!.processGroup, pipefail: this.#shell.options.pipefail, directory: logicalDirectory(this.#shell), survivesHangup: false,
    };
    this.#jobs.push(job);
    this.#order.push(job);
    return job;
  }

  /** The process of `<(…)` or `>(…)`: no job to be listed, but one to be waited for by its number. */
  addSubstitution(process: Process): void {
    this.collect();
    for (const job of this.#substitutions) if (jobState(job) === 'Done') this.remember(job);
    this.#substitutions = this.#substitutions.filter((job) => jobState(job) !== 'Done');
    this.#substitutions.push({ number: 0, processes: [process], text: '', isControlled: false, processGroup: process.processGroup, pipefail: false, directory: '', told: 'Done', survivesHangup: false });
  }

  substitution(pid: number): Job | undefined {
    return this.#substitutions.find((job) => job.processes[0]!.pid === pid);
  }

  noteWaited(job: Job): void {
    this.#waited.add(job);
  }

  /** dash: a new job, also one in the foreground, takes the place of one that was waited for. */
  makeRoom(): void {
    const over = this.#jobs.find((job) => this.#waited.has(job)) ?? (this.#jobs.length < REMEMBERED_MAX ? undefined : this.#jobs.find((job) => jobState(job) === 'Done'));
    if (over) this.remove(over);
  }

  #freeNumber(): number {
    const taken = new Set(this.#jobs.map(({ number }) => number));
    let number = 1;
    while (taken.has(number)) number++;
    return number;
  }

  get all(): readonly Job[] {
    return this.#jobs;
  }

  /** A job that has stopped is the current one, and stays it when it goes on. */
  get current(): Job | undefined {
    const stopped = this.#order.findLast((job) => jobState(job) === 'Stopped');
    if (stopped) this.touch(stopped);
    return this.#order.at(-1);
  }

  get previous(): Job | undefined {
    const current = this.current;
    const others = this.#order.filter((job) => job !== current);
    return others.findLast((job) => jobState(job) === 'Stopped') ?? others.at(-1);
  }

  /** Makes a job the current one. */
  touch(job: Job): void {
    this.#order = [...this.#order.filter((other) => other !== job), job];
  }

  remove(job: Job): void {
    this.#waited.delete(job);
    this.#jobs = this.#jobs.filter((other) => other !== job);
    this.#substitutions = this.#substitutions.filter((other) => other !== job);
    this.#order = this.#order.filter((other) => other !== job);
  }

  /** `%1`, `%%`, `%+`, `%-`, `%name`, `%?text`; 'ambiguous' when a name fits several. */
  find(spec: string): Job | 'ambiguous' | undefined {
    const name = spec.startsWith('%') ? spec.slice(1) : spec;
    if (name === '' || name === '%' || name === '+') return this.current;
    if (name === '-') return this.previous ?? this.current;
    if (/^\d+$/.test(name)) return this.#jobs.find((job) => job.number === Number(name));
    const found = this.#jobs.filter((job) => (name.startsWith('?') ? job.text.includes(name.slice(1)) : job.text.startsWith(name)));
    return found.length > 1 ? 'ambiguous' : found[0];
  }

  ofPid(pid: number): Job | undefined {
    return this.#jobs.find((job) => job.processes.some((process) => process.pid === pid));
  }

  /** The remembered status of a process whose job is gone. */
  remembered(pid: number): number | undefined {
    return this.#remembered.get(pid);
  }

  forget(pid: number): void {
    this.#remembered.delete(pid);
  }

  remember(job: Job): void {
    for (const process of job.processes) {
      if (process.status !== undefined) this.#remembered.set(process.pid, jobStatus(job));
    }
    if (this.#remembered.size > REMEMBERED_MAX) this.#remembered.delete(this.#remembered.keys().next().value!);
  }

  /** Reaps children that ended, so that zombies do not fill the process table. */
  collect(): void {
    for (const job of [...this.#jobs, ...this.#substitutions]) {
      for (const process of job.processes) {
        if (process.status !== undefined && this.#shell.process.children.has(process)) this.#shell.process.kernel.reap(process);
      }
    }
  }

  /** bash tells of a script's job that a signal has ended, other than those that end jobs every day. */
  tellDeath(job: Job): void {
    const shell = this.#shell;
    const { pid, status, parent } = job.processes.at(-1)!;
    if (job.told === 'Done' || !shell.isBash || shell.isInteractive || parent !== shell.process || status === undefined || !('signal' in status)) return;
    job.told = 'Done';
    if (status.signal !== SIGINT && status.signal !== SIGPIPE && status.signal !== SIGTERM) shell.complain(deathOf(pid, status.signal, job.text));
    else if (shell.options.monitor) this.#tellLine(job);
  }

  #tellLine(job: Job): void {
    const shell = this.#shell;
    shell.warnRaw(`${jobLine(shell, job)}${job.directory === logicalDirectory(shell) ? '' : `(wd now: ${tilde(shell, logicalDirectory(shell))})\n`}`);
  }

  /** At the prompt: which jobs have ended, and which have stopped since it was last told. */
  tellChanges(): void {
    for (const job of this.own) {
      const state = jobState(job);
      if (state === 'Running' || state === job.told) continue;
      job.told = state;
      if (this.#shell.options.monitor) this.#tellLine(job);
    }
    this.collect();
    this.forgetEnded();
  }

  /** Tells of those that ended while nobody waited for them. */
  tellDeaths(): void {
    for (const job of this.#jobs) if (jobState(job) === 'Done') this.tellDeath(job);
  }

  /** Drops jobs that ended and of whose end nobody needs to be told; their statuses stay known to `wait`. */
  forgetEnded(): void {
    for (const job of [...this.#jobs]) {
      if (jobState(job) !== 'Done') continue;
      this.tellDeath(job);
      this.remember(job);
      this.remove(job);
    }
  }
}
