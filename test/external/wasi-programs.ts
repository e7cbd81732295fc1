// Programs compiled to WASI from C, Go and AssemblyScript, and Ruby, in containers: each does what the same program does on the host.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check, Outcome } from './outcome.js';
import { type Expectation, judge, mismatch, run, sh, skip } from './shell.js';
import { type Built, buildAssemblyScript, buildC, buildGo, ruby } from './wasi-toolchains.js';

interface Case {
  readonly name: string;
  readonly script: string;
  readonly expected: Expectation;
}

const IN = 'docker exec -i -w /work wasi';
/** A line every 0.3 s; when each answer comes is told by `ts`-like seconds of the host. */
const LIVE = `(for i in 1 2 3; do echo $i; sleep 0.5; done) | ${IN} c echo | while read -r line; do echo "$(( ($(date +%s%N) - BEGIN) / 400000000 > 0 )) $line"; done`;

const C_CASES: readonly Case[] = [
  { name: 'arguments and environment', script: 'docker exec -e GREETING=hello wasi c args one "two words"', expected: { stdout: '[args][one][two words] hello\n' } },
  { name: 'exit code', script: `${IN} c exit 7`, expected: { exitCode: 7 } },
  { name: 'a trap is SIGABRT', script: `${IN} c abort`, expected: { exitCode: 134, stderr: /wasm trap: unreachable$/m } },
  { name: 'live input and streaming output', script: `BEGIN=$(date +%s%N); ${LIVE}`, expected: { stdout: /^\d got 1\n1 got 2\n1 got 3\n1 end\n$/ } },
  { name: 'clocks and sleep', script: `${IN} c sleep; ${IN} c clock`, expected: { stdout: 'slept\n1\n' } },
  { name: 'poll with and without input', script: `(sleep 3; echo x) | ${IN} c poll`, expected: { stdout: 'first 0\nthen 1\n' } },
  { name: 'randomness', script: `${IN} c random`, expected: { stdout: 'differ\n' } },
  { name: 'a busy program is killed', script: `${IN} sh -c 'c spin > out & while ! [ -s out ]; do sleep 0.1; done; kill -9 $!; wait $!; echo $?; c spin > out2 & while ! [ -s out2 ]; do sleep 0.1; done; kill $!; wait $!; echo $?'`, expected: { stdout: '137\n143\n' } },
  { name: 'a blocked program is killed', script: `${IN} sh -c 'mkfifo /tmp/in; sleep 100 > /tmp/in & s=$!; c echo < /tmp/in & sleep 1; kill -9 $!; wait $!; echo $?; kill $s'`, expected: { stdout: '137\n' } },
  { name: 'a busy container is killed', script: 'docker run -d --name busy -v wasi-bin:/usr/local/bin sockerless/base c spin && sleep 1 && docker kill busy && docker wait busy && docker rm busy', expected: { stdout: /^[0-9a-f]{64}\nbusy\n137\nbusy\n$/ } },
  { name: 'pipes with built-ins both ways', script: `${IN} sh -c 'seq 100000 | c count | sed s/^/n=/; c flood | head -c 5'`, expected: { stdout: /^n=588895\nyyyyy$/ } },
  { name: 'a closed pipe ends the writer', script: `${IN} bash -c 'c flood | head -c 1 > /dev/null; echo \${PIPESTATUS[0]}'`, expected: { stdout: '141\n' } },
  { name: 'memory beyond the limit', script: 'docker run --name grow -m 64m -v wasi-bin:/usr/local/bin sockerless/base c grow; docker inspect -f "{{.State.ExitCode}} {{.State.OOMKilled}}" grow; docker rm grow', expected: { stdout: '137 true\ngrow\n' } },
  { name: 'memory within the limit', script: 'docker run --rm -m 64m -v wasi-bin:/usr/local/bin sockerless/base c args fits', expected: { stdout: '[args][fits] none\n' } },
  { name: 'many runs from a shell', script: `${IN} sh -c 'i=0; while [ $i -lt 100 ]; do c exit 0 || exit 1; i=$((i+1)); done; echo $i'`, expected: { stdout: '100\n' } },
  { name: 'an image for wasi/wasm whose entrypoint is the module', script: 'docker exec wasi tar -C /usr/local/bin -c c | docker import --platform wasi/wasm --change \'ENTRYPOINT ["/c"]\' - wasi-image && docker run --rm wasi-image args from image; docker image inspect -f "{{.Os}}/{{.Architecture}}" wasi-image', expected: { stdout: /\[args\]\[from\]\[image\] none\nwasi\/wasm\n$/ } },
];

const GO_CASES: readonly Case[] = [
  { name: 'arguments and environment', script: 'docker exec -e GREETING=hello wasi go args one two', expected: { stdout: '[args one two] hello\n' } },
  { name: 'input', script: `printf "a\\nb\\n" | ${IN} go echo`, expected: { stdout: 'got a\ngot b\n' } },
  { name: 'goroutines that sleep', script: `${IN} go goroutines`, expected: { stdout: '45\n' } },
  { name: 'exit code', script: `${IN} go exit`, expected: { exitCode: 7 } },
  { name: 'a panic', script: `${IN} go panic`, expected: { exitCode: 2, stderr: /^panic: on purpose\n/ } },
  { name: 'memory beyond the limit', script: 'docker run --name grow -m 128m -v wasi-bin:/usr/local/bin sockerless/base go grow; docker inspect -f "{{.State.ExitCode}} {{.State.OOMKilled}}" grow; docker rm grow', expected: { stdout: '137 true\ngrow\n' } },
];

const RUBY_SCRIPT = `require "json"; require "fileutils"; require "set"
FileUtils.mkdir_p("a/b"); File.write("a/b/x.txt", "hi"); File.symlink("a", "l"); File.rename("a/b/x.txt", "a/b/y.txt")
puts Dir["**/*.txt"].inspect, File.read("l/b/y.txt"), JSON.generate({a: [1, nil]}), $0, ARGV.inspect, Dir.pwd, ENV["GREETING"], Set.new([1, 1]).size
at_exit { puts "bye" }
STDIN.each_line { |line| puts line.upcase }
sleep 0.1; File.delete("l"); puts Dir.children(".").sort.inspect; exit 5
`;

const RUBY_CASES: readonly Case[] = [
  {
    name: 'a script with files, input, libraries, exit code',
    script: `printf '%s' '${RUBY_SCRIPT}' | ${IN} sh -c 'rm -rf /work/*; cat > s.rb'; printf "one\\ntwo\\n" | docker exec -i -w /work -e GREETING=hello wasi ruby s.rb x y`,
    expected: { exitCode: 5, stdout: '["a/b/y.txt"]\nhi\n{"a":[1,null]}\ns.rb\n["x", "y"]\n/work\nhello\n1\nONE\nTWO\n["a", "s.rb"]\nbye\n' },
  },
  { name: 'options', script: `${IN} sh -c 'mkdir -p lib; echo "V = 7" > lib/v.rb; ruby -W0 -Ilib -rv -e "puts V" -e "puts ARGV.size" a b; echo "puts 5" | ruby; ruby --version'`, expected: { stdout: /^7\n2\n5\nruby 3\.4.*\n$/ } },
  { name: 'an uncaught exception', script: `${IN} ruby -e 'raise "oops"'`, expected: { exitCode: 1, stderr: /^-e:1:in '<main>': oops \(RuntimeError\)\n$/ } },
  { name: 'killed while it waits', script: `${IN} sh -c 'mkfifo /tmp/rb; sleep 100 > /tmp/rb & s=$!; ruby -e "STDIN.read" < /tmp/rb & sleep 3; kill -9 $!; wait $!; echo $?; kill $s'`, expected: { stdout: '137\n' } },
];

/** What the program prints about files here and on the host must be the same. */
async function sameFiles(folder: string, name: string, { native }: { native: string | undefined }, env: Record<string, string>): Promise<Outcome> {
  const title = `wasi: ${name}: files as on the host`;
  if (native === undefined) return skip(title, 'the program could not be built for this host');
  const here = join(folder, `${name}-host`, 'work');
  mkdirSync(here, { recursive: true });
  return judge(title, async () => {
    const theirs = await run(native, ['files'], { cwd: here });
    const ours = await sh(`docker exec wasi sh -c 'rm -rf /work/* && ${name} files'`, { env });
    // Messages of errors are the C library's own, with or without a capital letter.
    return mismatch({ ...ours, stdout: ours.stdout.toLowerCase() }, { exitCode: theirs.exitCode, stdout: theirs.stdout.toLowerCase() });
  });
}

export const wasiPrograms: Check = {
  name: 'wasi-programs',
  async run({ dockerHost, workDir, cacheDir }) {
    const env = { DOCKER_HOST: dockerHost };
    const built: readonly (readonly [string, Built, readonly Case[]])[] = [
      ['c', await buildC(join(workDir, 'c')), C_CASES], ['go', await buildGo(join(workDir, 'go')), GO_CASES],
      ['as', await buildAssemblyScript(cacheDir, join(workDir, 'as')), [{ name: 'arguments, output, exit code', script: `${IN} as one two`, expected: { exitCode: 2, stdout: 'sum 333332833333500000\none\ntwo\n' } }]],
      ['ruby', await ruby(cacheDir), RUBY_CASES],
    ];
    await sh('docker run -d --name wasi -w /work -v wasi-bin:/usr/local/bin sockerless/base tail -f /dev/null', { env });
    const outcomes: Outcome[] = [];
    for (const [name, program, cases] of built) {
      if ('missing' in program) {
        outcomes.push(skip(`wasi: ${name}`, program.missing));
        continue;
      }
      await sh(`docker cp ${program.wasm} wasi:/usr/local/bin/${name} && docker exec wasi chmod +x /usr/local/bin/${name}`, { env });
      for (const { name: what, script, expected } of cases) outcomes.push(await judge(`wasi: ${name}: ${what}`, async () => mismatch(await sh(script, { env }), expected)));
      if (name === 'c' || name === 'go') outcomes.push(await sameFiles(workDir, name, program, env));
    }
    outcomes.push(await judge('wasi: what is no program says so', async () => {
      await sh('printf "\\0asm\\1\\0\\0\\0" > lib && printf "\\0asm\\15\\0\\1\\0" > component && docker cp lib wasi:/lib.wasm && docker cp component wasi:/component.wasm && docker exec wasi chmod +x /lib.wasm /component.wasm', { env, cwd: workDir });
      return mismatch(await sh('docker exec wasi /lib.wasm; echo $?; docker exec wasi /component.wasm; echo $?', { env }), { stdout: '126\n126\n', stderr: /no _start[\s\S]*WASI preview 2.*wasm\.preview2=false/ });
    }));
    await sh('docker rm -f wasi grow busy; docker volume rm wasi-bin; docker rmi wasi-image', { env });
    return outcomes;
  },
};
