// Ruby's WASI build is a library for JavaScript, without a main program: this is the one it gets when it is executed.
// https://github.com/ruby/ruby.wasm (its interface, packages/npm-packages/ruby-wasm-wasi)

const INIT = 'ruby-init: func(args: list<string>) -> ()';
const EVAL = 'rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>';
const HOST = 'rb-js-abi-host', HANDLES = 'canonical_abi';

export function isRuby(exported: readonly string[]): boolean {
  return exported.includes(INIT) && exported.includes(EVAL);
}

/** What the library asks of JavaScript: handles of Ruby's objects, and JavaScript itself, which there is none of here. */
export function rubyImports(module: WebAssembly.Module): WebAssembly.Imports {
  const handles = new Map<number, number>();
  let next = 1;
  const add = (value: number): number => {
    handles.set(next, value);
    return next++;
  };
  const absent = (): never => {
    throw new Error('there is no JavaScript in this machine for Ruby to reach');
  };
  const known: Record<string, unknown> = {
    'resource_new_rb-abi-value': add,
    'resource_get_rb-abi-value': (handle: number) => handles.get(handle),
    'resource_clone_rb-abi-value': (handle: number) => add(handles.get(handle)!),
    'resource_drop_rb-abi-value': (handle: number) => void handles.delete(handle),
    'resource_drop_js-abi-value': () => undefined,
  };
  const imports: WebAssembly.Imports = { [HOST]: {}, [HANDLES]: {} };
  for (const { module: space, name } of WebAssembly.Module.imports(module)) if (space === HOST || space === HANDLES) imports[space]![name] = known[name] ?? absent;
  return imports;
}

type Realloc = (old: number, oldSize: number, align: number, size: number) => number;

/** Options of Ruby that take the next word. The interpreter itself reads all but those that need the working directory or the script. */
const WITH_VALUE = ['-E', '-F', '--encoding', '--external-encoding', '--internal-encoding'];
/** What those that need the working directory do. */
const PLACES: Readonly<Record<string, (value: string) => string>> = {
  '-C': (value) => `Dir.chdir(${literal(value)})`,
  '-I': (value) => `$LOAD_PATH.unshift(*${literal(value)}.split(':').map { |path| File.expand_path(path) })`,
  '-r': (value) => `require ${literal(value)}`,
};
const ENDS = ['-h', '--help', '--version', '--copyright'];

interface CommandLine {
  readonly options: readonly string[];
  /** Lines of Ruby, to be run before the script. */
  readonly places: readonly string[];
  /** Lines of -e; undefined where a file (or standard input, `-`) is the script. */
  readonly code: string | undefined;
  readonly script: string;
  readonly rest: readonly string[];
  readonly isOver: boolean;
}

function readCommandLine(words: readonly string[]): CommandLine {
  const options: string[] = [];
  const code: string[] = [];
  const places: string[] = [];
  let at = 0;
  for (; at < words.length && words[at]!.startsWith('-') && words[at] !== '-'; at++) {
    const word = words[at]!;
    if (word === '--') {
      at++;
      break;
    }
    const place = PLACES[word.slice(0, 2)];
    if (word === '-e') code.push(words[++at] ?? '');
    else if (place) places.push(place(word.length > 2 ? word.slice(2) : (words[++at] ?? '')));
    else options.push(word, ...(WITH_VALUE.includes(word) && words[at + 1] !== undefined ? [words[++at]!] : []));
  }
  const isOver = options.some((option) => ENDS.includes(option));
  if (code.length > 0) return { options, places, code: code.join('\n'), script: '-e', rest: words.slice(at), isOver };
  return { options, places, code: undefined, script: words[at] ?? '-', rest: words.slice(at + 1), isOver };
}

/** A text as Ruby's source has it, whatever is in it. */
function literal(text: string): string {
  return `[${[...Buffer.from(text)].join()}].pack('C*').force_encoding('UTF-8')`;
}

/** The script as the interpreter's own main program runs it: at_exit, uncaught exceptions, the exit code. */
function mainProgram({ places, code, script }: CommandLine): string {
  const body = code !== undefined ? `eval(${literal(code)}, TOPLEVEL_BINDING, '-e', 1)`
    : script === '-' ? "eval($stdin.read, TOPLEVEL_BINDING, '-', 1)" : `source = File.read($0) rescue abort("ruby: #{$!.message[/^[^@]*/].strip} -- #{$0} (LoadError)")
  eval(source, TOPLEVEL_BINDING, $0, 1)`;
  return `
at_exit_blocks = []
Kernel.define_method(:at_exit) { |&block| at_exit_blocks.push(block) && block }
Kernel.define_singleton_method(:at_exit) { |&block| at_exit_blocks.push(block) && block }
$0 = ${literal(script)}
status = 0
guarded = lambda do |&block|
  block.call
rescue SystemExit => error
  status = error.status
rescue Exception => error
  error.set_backtrace((error.backtrace || []).reject { |line| line.start_with?('eval:') || line.end_with?("in 'Kernel.eval'") })
  $stderr.write(error.full_message(highlight: false))
  status = 1
end
guarded.call do
  Dir.chdir(ENV['PWD']) if ENV['PWD']
  ${places.join('\n  ')}
  ${body}
end
guarded.call { at_exit_blocks.pop.call } until at_exit_blocks.empty?
guarded.call { $stdout.flush }
Process.exit!(status)
`;
}

/** Runs Ruby's command line. It ends by its exit call. */
export function runRuby(instance: WebAssembly.Instance, args: readonly string[]): number {
  const exports = instance.exports as { memory: WebAssembly.Memory; cabi_realloc: Realloc } & Record<string, (...numbers: number[]) => number>;
  const text = (value: string): [number, number] => {
    const bytes = Buffer.from(value);
    const at = exports.cabi_realloc(0, 0, 1, bytes.length);
    new Uint8Array(exports.memory.buffer, at, bytes.length).set(bytes);
    return [at, bytes.length];
  };
  const commandLine = readCommandLine(args.slice(1));
  exports._initialize!();
  const words = [args[0]!, ...commandLine.options, '-e', '_=0', '--', ...commandLine.rest].map((arg) => text(`${arg}\0`));
  const list = exports.cabi_realloc(0, 0, 4, words.length * 8);
  words.forEach(([at, length], i) => new Uint32Array(exports.memory.buffer, list + i * 8, 2).set([at, length]));
  exports[INIT]!(list, words.length);
  exports[EVAL]!(...text(commandLine.isOver ? '$stdout.flush; Process.exit!(0)' : mainProgram(commandLine)));
  // An exception that even the main program could not hold.
  return 1;
}
