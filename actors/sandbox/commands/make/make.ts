// make: brings files up to date as a makefile says, like GNU make 4.3 (https://www.gnu.org/software/make/manual/).
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import type { Main } from '../../kernel/program.js';
import { encode } from '../../kernel/text.js';
import type { Task } from '../../kernel/wait.js';
import { command, UsageError } from '../../programs/stdio.js';
import { assign } from './assign.js';
import { parseDefinition } from './assignment.js';
import { Build } from './build.js';
import { printDatabase } from './database.js';
import { VARIABLES } from './default-rules.js';
import { EXIT_FAILURE, EXIT_QUESTION, MakeFailure, MakeFatal } from './errors.js';
import { JobServer } from './job-server.js';
import { Interrupted, Jobs } from './jobs.js';
import { type CommandLine, noOptions, OptionError, type Options, readOptions, USAGE, wordsOfFlags } from './options.js';
import { readMakefile } from './reader.js';
import { withoutDot } from './rule-line.js';
import { removeIntermediates, settle } from './settle.js';
import type { Target } from './targets.js';
import { mtimeOf, Updater } from './update.js';
import type { Origin } from './variables.js';
import { wordsOf } from './words.js';

const DEFAULT_MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];
const FEATURES = 'target-specific order-only second-expansion else-if shortest-stem undefine oneshell nocomment grouped-target jobserver output-sync';
const VERSION = 'GNU Make 4.3\nSockerless built-in, compatible with it\n';
/** So often a run begins anew because makefiles were made. */
const MAX_RESTARTS = 100;

interface Call {
  options: Options;
  assignments: string[];
  goals: string[];
  asks: CommandLine['asks'];
  /** -j was said to us, beneath a make that has its own. */
  hasOwnJobs: boolean;
}

/** MAKEFLAGS, then the command line. */
function readCall(process: Process): Call {
  const options = noOptions();
  const inherited = readOptions(options, ['make', ...wordsOfFlags(process.env.get('MAKEFLAGS') ?? '')]);
  const inheritedJobs = options.jobs;
  options.jobs = undefined;
  const given = readOptions(options, process.argv);
  const hasOwnJobs = options.jobs !== undefined;
  options.jobs ??= inheritedJobs;
  const isAssignment = (word: string): boolean => parseDefinition(word) !== undefined;
  return {
    options, hasOwnJobs, asks: given.asks, goals: given.operands.filter((word) => !isAssignment(word)).map(withoutDot),
    assignments: [...inherited.operands, ...given.operands].filter(isAssignment),
  };
}

function* jobServerFor(build: Build, { options, hasOwnJobs }: Call): Task<JobServer> {
  const { process } = build;
  if (options.jobserver !== undefined) {
    const joined = hasOwnJobs ? undefined : JobServer.join(process, options.jobserver);
    if (joined !== undefined) return joined;
    options.jobserver = undefined;
    if (hasOwnJobs) {
      yield* build.warn(`warning: -j${options.jobs === Infinity ? '' : options.jobs} forced in submake: resetting jobserver mode.`);
    } else {
      yield* build.warn('warning: jobserver unavailable: using -j1.  Add \'+\' to parent make rule.');
      options.jobs = 1;
    }
  }
  if (options.jobs === undefined || options.jobs === 1) return JobServer.alone(process, 1);
  if (options.jobs === Infinity) return JobServer.alone(process, Infinity);
  const server = yield* JobServer.open(process, options.jobs);
  options.jobserver = server.name;
  return server;
}

/** Variables that are there before the first line is read. */
function* defineVariables(build: Build, call: Call, restarts: number): Task {
  const { variables, process } = build;
  const { global } = variables;
  variables.environmentWins = call.options.environmentWins;
  const define = (name: string, value: string, origin: Origin, isRecursive = false): void => void variables.define(global, name, { value, isRecursive, origin });
  for (const [name, value] of process.env) {
    if (name === 'SHELL' || name === 'MAKEFLAGS' || name === 'MAKE_RESTARTS') continue;
    define(name, value, call.options.environmentWins ? 'environment override' : 'environment', true);
    global.get(name)!.exported = true;
  }
  define('SHELL', '/bin/sh', 'default');
  define('.SHELLFLAGS', '-c', 'default');
  for (const [name, value] of Object.entries({ MAKE_COMMAND: build.name, MAKE_VERSION: '4.3', MAKE_HOST: 'x86_64-pc-linux-gnu', '.FEATURES': FEATURES, '.RECIPEPREFIX': '', MAKEFILES: '' })) {
    if (!global.has(name)) define(name, value, 'default');
  }
  if (!global.has('MAKE')) define('MAKE', '$(MAKE_COMMAND)', 'default', true);
  define('MAKE', '$(MAKE_COMMAND)', 'default', true);
  define('.INCLUDE_DIRS', [...call.options.includeFolders, '/usr/local/include', '/usr/include'].join(' '), 'default');
  define('SUFFIXES', call.options.hasNoRules ? '' : build.patternRules.suffixes.join(' '), 'default');
  if (call.options.hasNoRules) build.patternRules.suffixes = [];
  if (!call.options.hasNoVariables) for (const [name, value] of Object.entries(VARIABLES)) if (!global.has(name)) define(name, value, 'default', true);
  define('MAKELEVEL', String(build.level), 'environment');
  define('CURDIR', process.files.getcwd(), 'file');
  define('.DEFAULT_GOAL', '', 'file');
  define('MAKECMDGOALS', call.goals.join(' '), 'default');
  if (restarts > 0) {
    define('MAKE_RESTARTS', String(restarts), 'environment');
    global.get('MAKE_RESTARTS')!.exported = true;
  }
  const overrides: string[] = [];
  for (const word of call.assignments) {
    const { name, operator, value } = parseDefinition(word)!;
    yield* assign(build, variables.globalScope, { name, operator, value, origin: 'command line', location: undefined });
    overrides.unshift(`${name}${operator}${value.replace(/[\\ \t]/g, '\\$&').replaceAll('$', '$$')}`);
  }
  define('-*-command-variables-*-', [...new Set(overrides)].join(' '), 'automatic');
  define('MAKEOVERRIDES', '${-*-command-variables-*-}', overrides.length > 0 ? 'environment' : 'default', true);
  build.defineFlags(false);
}

function* readMakefiles(build: Build, { options }: Call): Task {
  for (const text of options.evaluated) yield* build.evaluate(text);
  for (const name of wordsOf(build.variables.global.get('MAKEFILES')?.value ?? '')) yield* readMakefile(build, name, { isOptional: true });
  if (options.makefiles.length > 0) {
    for (const name of options.makefiles) yield* readMakefile(build, name, { isOptional: false });
    return;
  }
  const found = DEFAULT_MAKEFILES.find((name) => build.exists(name));
  if (found !== undefined) {
    yield* readMakefile(build, found, { isOptional: false });
    return;
  }
  // None is there; one that a rule makes is taken as well.
  for (const name of DEFAULT_MAKEFILES) build.makefiles.push({ target: build.targets.enter(name), isOptional: true, location: undefined, wasRead: false, reason: '' });
  for (const { target } of build.makefiles) target.isOptional = true;
}

/** Makes what makefiles there are that can be made; whether reading has to begin anew. */
function* remakeMakefiles(build: Build, updater: Updater): Task<boolean> {
  // The last one that was read comes first.
  const wanted = build.makefiles.toReversed().filter(({ target }) => !(target.doubleColon ?? []).some((rule) => rule.dependencies.length === 0 && rule.recipe !== undefined));
  const before = new Map(wanted.map(({ target }) => [target, mtimeOf(build, target)]));
  const { options } = build;
  const saved = { onlyPrints: options.onlyPrints, onlyAsks: options.onlyAsks, onlyTouches: options.onlyTouches };
  Object.assign(options, { onlyPrints: false, onlyAsks: false, onlyTouches: false });
  const status = yield* updater.update(wanted.map((makefile) => ({ target: makefile.target, makefile })));
  Object.assign(options, saved);
  if (status === 'none') return false;
  let hasFailed = false;
  let hasChanged = false;
  for (const { target, isOptional, location, wasRead } of wanted) {
    if (target.status === 'failed') {
      if (isOptional || wasRead) continue;
      yield* build.warn(`Failed to remake makefile '${target.name}'.`, location);
      hasFailed = true;
    } else if (mtimeOf(build, target) !== before.get(target)) {
      hasChanged = true;
    }
  }
  if (hasChanged) return true;
  if (hasFailed) throw new MakeFailure(EXIT_FAILURE);
  return false;
}

function goalsOf(build: Build, { goals }: Call): Target[] {
  const names = goals.length > 0 ? goals : wordsOf(build.variables.global.get('.DEFAULT_GOAL')?.value ?? '');
  if (names.length === 0) throw new MakeFatal(build.makefiles.some(({ wasRead }) => wasRead) ? 'No targets' : 'No targets specified and no makefile found');
  if (goals.length === 0 && names.length > 1) throw new MakeFatal('.DEFAULT_GOAL contains more than one target');
  return names.map((name) => {
    const target = build.targets.enter(name);
    target.isGoal = true;
    return target;
  });
}

/** Reads and builds once; undefined where makefiles were made and all begins anew. */
function* run(build: Build, call: Call, jobs: { current: Jobs | undefined }, restarts: number): Task<number | undefined> {
  const { options } = call;
  yield* defineVariables(build, call, restarts);
  yield* readMakefiles(build, call);
  build.location = undefined;
  // A makefile may have added options.
  const flags = build.variables.global.get('MAKEFLAGS')!;
  if (flags.origin === 'file' && flags.value !== build.definedFlags) readOptions(options, ['make', ...wordsOfFlags(flags.value)]);
  const server = yield* jobServerFor(build, call);
  build.defineFlags(true);
  yield* settle(build);
  build.isUpdating = true;
  jobs.current = new Jobs(build, server);
  const updater = new Updater(build, jobs.current);
  if (restarts < MAX_RESTARTS && (yield* remakeMakefiles(build, updater))) return undefined;
  const wanted = goalsOf(build, call);
  const status = yield* updater.update(wanted.map((target) => ({ target })));
  return status === 'failed' ? EXIT_FAILURE : status === 'question' ? EXIT_QUESTION : 0;
}

function* conclude(build: Build, jobs: Jobs | undefined, error: unknown): Task<number> {
  if (error instanceof MakeFatal) {
    const place = error.location;
    yield* build.process.write(2, encode(`${place === undefined ? build.prefix : `${place.file}:${place.line}`}: *** ${error.message}.  Stop.\n`));
  } else if (!(error instanceof MakeFailure)) {
    throw error;
  }
  yield* jobs?.drain() ?? nothing();
  return error instanceof MakeFailure ? error.exitCode : EXIT_FAILURE;
}

function* nothing(): Task {}

function* runAll(process: Process, level: number, call: Call): Task<number> {
  for (let restarts = 0; ; restarts++) {
    const build = new Build(process, call.options, level);
    const jobs: { current: Jobs | undefined } = { current: undefined };
    let exitCode: number | undefined;
    try {
      exitCode = yield* run(build, call, jobs, restarts);
    } catch (error) {
      if (error instanceof Interrupted) return yield* jobs.current!.abandon(error.signal);
      exitCode = yield* conclude(build, jobs.current, error);
    }
    if (exitCode === undefined) {
      call = readCall(process);
      continue;
    }
    yield* removeIntermediates(build);
    if (call.options.printsDatabase) yield* printDatabase(build);
    return exitCode;
  }
}

export const make: Main = command(function* (process) {
  const level = Number(process.env.get('MAKELEVEL') ?? 0) || 0;
  const name = process.argv[0]!.split('/').at(-1)!;
  const prefix = level === 0 ? name : `${name}[${level}]`;
  let call: Call;
  try {
    call = readCall(process);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof OptionError)) throw error;
    yield* process.write(2, encode(`${error instanceof UsageError ? name : prefix}: ${error.message.split('\n')[0]}\n${USAGE}`));
    return EXIT_FAILURE;
  }
  const { options, asks } = call;
  if (asks !== undefined) {
    yield* process.write(1, encode(asks === 'version' ? VERSION : USAGE));
    return 0;
  }
  for (const folder of options.folders) {
    try {
      process.files.chdir(folder);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      yield* process.write(2, encode(`${prefix}: *** ${folder}: ${error.message}.  Stop.\n`));
      return EXIT_FAILURE;
    }
  }
  if (options.printsFolder === undefined && !options.isSilent && (options.folders.length > 0 || level > 0)) options.printsFolder = true;
  const folder = process.files.getcwd();
  if (options.printsFolder === true) yield* process.write(1, encode(`${prefix}: Entering directory '${folder}'\n`));
  const exitCode = yield* runAll(process, level, call);
  if (options.printsFolder === true) yield* process.write(1, encode(`${prefix}: Leaving directory '${folder}'\n`));
  return exitCode;
});
