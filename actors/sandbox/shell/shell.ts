// The state of one shell process: everything that a fork copies, and the few things every part of the shell needs.
import { Errno } from '../kernel/errno.js';
import type { OpenFile } from '../kernel/open-file.js';
import type { Process } from '../kernel/process.js';
import { encode } from '../kernel/text.js';
import type { Task } from '../kernel/wait.js';
import { busyboxWords } from './busybox-words.js';
import type { RunningCompletion } from './completion/generate.js';
import type { CompletionSpec } from './completion/spec.js';
import { AssignmentError, refusal } from './variables/assignment-error.js';
import { ExpansionError, type Flow } from './flow.js';
import { History } from './history/history.js';
import type { JobTable } from './jobs.js';
import { EditorSettings } from './line-editor/settings.js';
import { DASH_LETTERS, Options, type SetOption } from './options.js';
import type { Builtin, Execution, Expansion, Frame, Redirection, ShellFunction } from './parts.js';
import type { Command, Dialect, SimpleCommand } from './syntax/ast.js';
import type { Traps } from './traps.js';
import type { Key } from './variables/arrays.js';
import { Variables } from './variables/variables.js';

let nextShell = 0;

export class Shell {
  process: Process;
  readonly serial = nextShell++;
  readonly dialect: Dialect;
  /** `$0` */
  name: string;
  /** The program's name, as its applets tell errors. */
  calledAs: string;
  readonly variables: Variables;
  functions = new Map<string, ShellFunction>();
  options = new Options();
  aliases = new Map<string, string>();
  positional: string[] = [];
  status = 0;
  pipeStatus: number[] = [];
  /** The line that runs, for messages and LINENO. */
  line = 0;
  /** The last line of what was read to be run, or the first of the body of the function that runs: bash tells of compound commands by it. */
  lineRead = 0;
  flow: Flow | undefined;
  loopDepth = 0;
  /** > 0 while errexit and the ERR trap do not look (conditions, `!`, all but the last of `&&` and `||`). */
  unchecked = 0;
  /** How many of these are of a `!` that looks at its command alone (without errexit): what runs within it is checked. */
  inverted = 0;
  frames: Frame[] = [];
  #editor: EditorSettings | undefined;
  /** The bottom of BASH_ARGV: what the parameters were when extdebug was set, or the array was first asked for. */
  firstArguments: readonly string[] | undefined;
  /** The script's name as BASH_SOURCE and messages show it; undefined for -c and standard input. */
  scriptPath: string | undefined;
  /** `bash -c` text. */
  commandString: string | undefined;
  isInteractive = false;
  isLogin = false;
  readsStdin = false;
  /** `$0` was given: a script, or the argument behind that of -c. */
  hasName = false;
  /** `$!` */
  backgroundPid: number | undefined;
  shellPid: number;
  subshellDepth = 0;
  /** The keys of subscripts in which commands have run, by their text, while what names them is tried again. */
  subscriptKeys: ReadonlyMap<string, Key> | undefined;
  /** assoc_expand_once: the subscripts of associative arrays in what is evaluated are the keys as they stand. */
  givesKeys = false;
  /** The operands of an `unset` about to run that stood as elements in the script: what their subscripts have become are the keys. */
  elementNames: ReadonlySet<string> | undefined;
  /** $BASH_SUBSHELL */
  subshellLevel = 0;
  /** The same once the words of the simple command that this shell was forked for are expanded: those of a pipeline's do not see the fork. */
  subshellLevelWithin = 0;
  lastArgument = '';
  /** $BASH_COMMAND: what runs, or ran when the trap that runs was sprung. */
  currentCommand: Command | undefined;
  /** How many traps are being run. */
  trapDepth = 0;
  startedAtMs = Date.now();
  secondsBase = 0;
  random = 0;
  lastRandom = -1;
  /** A file is being sourced, so that `return` has somewhere to go. */
  runsSourced = false;
  hash = new Map<string, { path: string; hits: number }>();
  hashedPath: string | undefined;
  directories: string[] = [];
  getoptsOffset = 0;
  /** dash: which argument getopts looks at next. */
  getoptsIndex = 1;
  disabledBuiltins = new Set<string>();
  /** The status of the last command substitution of the command being expanded; undefined when there was none. */
  substitutionStatus: number | undefined;
  /** Output that could not be written at once from code that cannot wait (messages, xtrace). */
  backlog: Uint8Array[] = [];
  history = new History();
  jobs!: JobTable;
  traps!: Traps;
  execution!: Execution;
  expansion!: Expansion;
  redirection!: Redirection;
  builtins!: ReadonlyMap<string, Builtin>;
  /** Gives a forked shell its parts. */
  assemble!: (shell: Shell) => void;
  /** Files kept open for process substitutions of the running command. */
  substitutionFiles: number[] = [];
  completions = new Map<string, CompletionSpec>();
  /** The specification whose function runs. */
  runningCompletion: RunningCompletion | undefined;
  /** How many evals, sources and substitutions deep, for PS4. */
  evalDepth = 0;
  /** The command whose program may replace this (forked) shell. */
  tailCommand: SimpleCommand | undefined;
  /** The command that this shell was forked for, as an element of a pipeline or in the background. */
  forkedFor: Command | undefined;
  /** Nothing was read or run yet: one that begins anew is where this one is. */
  isFresh = true;
  /** The function or `eval` that runs and has not run a command yet. */
  entered: string | undefined;
  /** `$?` when the trap that runs began: what `exit` in it means (bash: only in that of EXIT), and `return` in bash. */
  trapStatus: number | undefined;
  /** The name of that trap. */
  runningTrap: string | undefined;
  /** dash and ash: the built-in that runs, or the file or `eval` whose text does: errors name it. */
  speaker: string | undefined;
  /** How often `set` has replaced the positional parameters. */
  positionalSets = 0;
  /** The status that a `return` was given; undefined when it was given none. */
  returnedStatus: number | undefined;

  constructor(process: Process, dialect: Dialect, name: string, variables = new Variables()) {
    this.process = process;
    this.dialect = dialect;
    this.name = name;
    this.calledAs = name.slice(name.lastIndexOf('/') + 1);
    this.variables = variables;
    variables.ordersByHash = !this.isBash;
    variables.keepsUnset = !this.isBash;
    this.shellPid = process.pid;
  }

  /** Whether bash's own things are known (false for dash and ash). */
  get isBash(): boolean {
    return this.dialect === 'bash' || this.dialect === 'posix';
  }

  /** The state of a subshell in `process`. Variables are shared until either side writes. */
  fork(process: Process): Shell {
    const copy = new Shell(process, this.dialect, this.name, this.variables.fork());
    process.ended.subscribe(() => copy.variables.release());
    copy.functions = new Map(this.functions);
    copy.options = this.options.clone();
    copy.aliases = new Map(this.aliases);
    copy.positional = this.positional;
    copy.status = this.status;
    copy.pipeStatus = this.pipeStatus;
    copy.line = this.line;
    copy.lineRead = this.lineRead;
    copy.loopDepth = this.loopDepth;
    copy.unchecked = this.unchecked - this.inverted;
    copy.frames = [...this.frames];
    copy.firstArguments = this.firstArguments;
    copy.evalDepth = this.evalDepth;
    copy.scriptPath = this.scriptPath;
    copy.commandString = this.commandString;
    copy.isLogin = this.isLogin;
    copy.readsStdin = this.readsStdin;
    copy.hasName = this.hasName;
    copy.calledAs = this.calledAs;
    copy.backgroundPid = this.backgroundPid;
    copy.shellPid = this.shellPid;
    copy.subshellDepth = this.subshellDepth + 1;
    copy.subshellLevel = this.subshellLevel + 1;
    copy.lastArgument = this.lastArgument;
    copy.currentCommand = this.currentCommand;
    copy.trapDepth = this.trapDepth;
    copy.speaker = this.speaker;
    copy.startedAtMs = this.startedAtMs;
    copy.secondsBase = this.secondsBase;
    copy.hash = new Map(this.hash);
    copy.hashedPath = this.hashedPath;
    copy.directories = [...this.directories];
    copy.getoptsOffset = this.getoptsOffset;
    copy.getoptsIndex = this.getoptsIndex;
    copy.disabledBuiltins = new Set(this.disabledBuiltins);
    copy.history = this.history.fork();
    copy.completions = new Map(this.completions);
    copy.runningCompletion = this.runningCompletion;
    copy.#editor = this.#editor?.fork();
    copy.jobs = this.jobs.fork(copy);
    copy.traps = this.traps.fork(copy);
    copy.builtins = this.builtins;
    copy.assemble = this.assemble;
    this.assemble(copy);
    return copy;
  }

  /** Made where it is asked for: few shells edit lines. */
  get editor(): EditorSettings {
    return (this.#editor ??= new EditorSettings());
  }

  /** BASH_SOURCE of code that is being defined now. */
  get currentSource(): string {
    return this.frames.at(-1)?.source ?? this.scriptPath ?? (this.commandString === undefined && !this.isInteractive ? 'main' : 'environment');
  }

  // --- messages ---------------------------------------------------------------------------------------------------------------

  /** The name that messages begin with. */
  get messageName(): string {
    const frame = this.frames.findLast(({ source }) => source !== '');
    return frame && this.isBash ? frame.source : this.scriptPath ?? this.name;
  }

  /** `bash: line 3: message` on standard error. */
  complain(message: string): void {
    this.warnRaw(`${this.prefix}${this.dialect === 'ash' ? busyboxWords(message) : message}\n`);
  }

  /** What busybox ash begins with: `script: builtin: line 3: `; no line where the commands have no name. */
  busyboxPrefix(speaker: string | undefined): string {
    const named = this.frames.findLast(({ kind }) => kind === 'source')?.source ?? (this.hasName ? this.name : undefined);
    const who = speaker ?? this.speaker ?? named;
    const line = who === undefined || this.isInteractive ? '' : `line ${this.line}: `;
    return `${this.name}: ${who === undefined || who === this.name ? '' : `${who}: `}${line}`;
  }

  /** Tells of an error where it happened, once: before the redirections around it are undone. */
  report(error: unknown): void {
    if (!(error instanceof ExpansionError || error instanceof AssignmentError) || error.isReported) return;
    this.complain(error instanceof AssignmentError ? refusal(error, this.isBash) : error.message);
    error.isReported = true;
  }

  /** The status of a command whose redirection failed. */
  get redirectionStatus(): number {
    return this.dialect === 'dash' ? 2 : 1;
  }

  get prefix(): string {
    if (this.dialect === 'ash') return this.busyboxPrefix(undefined);
    if (!this.isBash) return `${this.isInteractive ? this.name : `${this.messageName}: ${this.line}`}: ${this.speaker === undefined ? '' : `${this.speaker}: `}`;
    return this.isInteractive ? `${this.name}: ` : `${this.messageName}: line ${this.line}: `;
  }

  /** Text to standard error from code that cannot wait. */
  warnRaw(text: string): void {
    const rest = this.writeNow(2, encode(text));
    if (rest !== undefined) this.backlog.push(rest);
  }

  /** Writes what can be written at once; the rest is returned (undefined: nothing left, or nobody to write to). */
  writeNow(fd: number, bytes: Uint8Array): Uint8Array | undefined {
    if (this.backlog.length > 0 && fd === 2) return bytes;
    const file: OpenFile | undefined = this.process.descriptors.find(fd);
    if (!file || !file.writesAllowed) return undefined;
    let rest = bytes;
    try {
      while (rest.length > 0) {
        const count = file.write(rest);
        if (count === undefined) return rest;
        rest = rest.subarray(count);
      }
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
    return undefined;
  }

  /** Writes what had to wait. */
  *flushBacklog(): Task {
    while (this.backlog.length > 0) {
      const bytes = this.backlog.shift()!;
      try {
        yield* this.process.write(2, bytes);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
      }
    }
  }

  // --- parameters -------------------------------------------------------------------------------------------------------------

  /** `$-` */
  get letters(): string {
    if (this.dialect === 'dash') return this.#dashLetters;
    let letters = this.options.letters;
    if (!this.isBash) letters = letters.replace(/[hBHPTE]/g, '');
    if (this.isInteractive) letters = this.isBash ? letters.replace(/^[a-h]*/, '$&i') : `${letters}i`;
    if (this.commandString !== undefined) letters += 'c';
    else if (this.readsStdin) letters += 's';
    return letters;
  }

  /** dash: the last option first. */
  get #dashLetters(): string {
    const isOn = ([letter, option]: [string, SetOption | undefined]): boolean => (option === undefined ? (letter === 'i' ? this.isInteractive : this.readsStdin) : this.options.isSet(option));
    return [...DASH_LETTERS].filter(isOn).map(([letter]) => letter).reverse().join('');
  }

  /** IFS; `undefined` means the default. */
  get separators(): string {
    const value = this.variables.get('IFS');
    return value ?? ' \t\n';
  }
}
