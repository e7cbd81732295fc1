// Node's command line: which options a program may give, where the script begins, and what is the machine's to do.

/** Options that take a value in the next word when it is not given with `=`. */
const WITH_VALUE = new Set(['-C', '--conditions', '--dns-result-order', '--env-file', '--env-file-if-exists', '--es-module-specifier-resolution', '--experimental-default-type', '--experimental-loader', '--loader', '--import', '--input-type', '--max-http-header-size', '--network-family-autoselection-attempt-timeout', '-r', '--require', '--stack-trace-limit', '--test-concurrency', '--test-name-pattern', '--test-reporter', '--test-shard', '--test-skip-pattern', '--test-timeout', '--title', '--unhandled-rejections', '--secure-heap', '--secure-heap-min', '--disable-warning', '-e', '--eval', '-pe']);

/** Options without a value, or with one that names no file of the host. Anything that could reach the host's files or lift a limit is not here. */
const PLAIN = new Set(`-c --check -i --interactive -p --print -v --version -h --help --v8-options -
  --abort-on-uncaught-exception --deprecation --no-deprecation --throw-deprecation --trace-deprecation --pending-deprecation --no-pending-deprecation
  --warnings --no-warnings --trace-warnings --trace-uncaught --trace-exit --trace-sync-io --trace-sigint --enable-source-maps --frozen-intrinsics --insecure-http-parser --no-addons
  --experimental-vm-modules --experimental-import-meta-resolve --experimental-json-modules --experimental-wasm-modules --experimental-specifier-resolution
  --experimental-require-module --no-experimental-require-module --experimental-detect-module --no-experimental-detect-module --experimental-strip-types --no-experimental-strip-types
  --experimental-transform-types --experimental-fetch --no-experimental-fetch --experimental-global-webcrypto --no-experimental-global-webcrypto --experimental-websocket
  --experimental-global-customevent --experimental-repl-await --experimental-test-coverage --experimental-test-module-mocks --experimental-eventsource
  --no-experimental-websocket --experimental-websocket --no-network-family-autoselection --network-family-autoselection --node-memory-debug --no-verify-base-objects
  --preserve-symlinks --preserve-symlinks-main --test --test-only --test-force-exit --test-isolation --tls-max-v1.2 --tls-max-v1.3 --tls-min-v1.0 --tls-min-v1.1 --tls-min-v1.2 --tls-min-v1.3
  --tls-cipher-list --use-bundled-ca --use-openssl-ca --verify-base-objects --zero-fill-buffers --force-context-aware --force-node-api-uncaught-exceptions-policy --no-force-async-hooks-checks
  --no-global-search-paths --no-extra-info-on-fatal-exception --disable-proto --disable-wasm-trap-handler --no-opt --jitless --expose-gc --harmony --stack-size --max-old-space-size
  --max-semi-space-size --max-lazy --lite-mode --optimize-for-size --always-sparkplug --single-threaded --gc-interval --stack-trace-limit --use-strict --no-turbofan --no-maglev --sparkplug --max-heap-size
  --interpreted-frames-native-stack --enable-fips --force-fips --experimental-async-context-frame --v8-pool-size`.split(/\s+/));

export interface CommandLine {
  /** Node's own options, in order. */
  readonly options: readonly string[];
  /** The script and its arguments; empty for -e and for a script on standard input. */
  readonly rest: readonly string[];
  /** Whether there is nothing to run but what comes on standard input. */
  readonly readsStdin: boolean;
  readonly envFiles: readonly { path: string; optional: boolean }[];
}

/** An option that Node has and this machine does not allow, or that nobody knows. */
export class RefusedOption extends Error {}

/** Reads `node` arguments without argv[0]. Throws RefusedOption. */
export function readCommandLine(words: readonly string[]): CommandLine {
  const options: string[] = [];
  const envFiles: { path: string; optional: boolean }[] = [];
  let runsCode = false;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') {
      at++;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    const equals = word.startsWith('--') ? word.indexOf('=') : -1;
    const name = (equals < 0 ? word : word.slice(0, equals)).replaceAll('_', '-');
    if (!PLAIN.has(name) && !WITH_VALUE.has(name)) throw new RefusedOption(word);
    const takesNext = WITH_VALUE.has(name) && equals < 0;
    if (takesNext && at + 1 >= words.length) throw new RefusedOption(`${word} requires an argument`);
    if (name.startsWith('--env-file')) {
      envFiles.push({ path: takesNext ? words[++at]! : word.slice(equals + 1), optional: name.endsWith('exists') });
      continue;
    }
    options.push(word);
    if (takesNext) options.push(words[++at]!);
    // -p takes the next word as its code, unless that is an option.
    if ((name === '-p' || name === '--print') && equals < 0 && words[at + 1] !== undefined && !words[at + 1]!.startsWith('-')) options.push(words[++at]!);
    if (['-e', '--eval', '-p', '--print', '-pe', '-v', '--version', '-h', '--help', '--v8-options', '--test'].includes(name)) runsCode = true;
  }
  return { options, rest: words.slice(at), readsStdin: !runsCode && (at >= words.length || words[at] === '-'), envFiles };
}
