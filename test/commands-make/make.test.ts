// make, case by case, beside GNU make 4.3; and what cannot be seen beside it.
import test from 'ava';
import { alike, casesOf, differences, hostMake, machineFor } from './beside-make.js';

for (const name of ['errors', 'options', 'projects', 'rules', 'variables']) {
  for (const one of casesOf(name)) test.serial(`${name}: ${one.title}`, (t) => alike(t, one));
}

const run = (makefile: string, line: string, timeoutMs = 60_000): ReturnType<ReturnType<typeof machineFor>['run']> =>
  machineFor({ files: { Makefile: makefile } }).run(['sh', '-c', line], { cwd: '/box', timeoutMs });

test.serial('a difference is found', async (t) => {
  if (hostMake() === undefined) {
    t.log('skipped: this host has no make');
    t.pass();
    return;
  }
  const one = { title: 'control', files: { Makefile: 'all: ; @echo one\n' }, commands: ['make'] };
  t.is((await differences(one, machineFor({ files: { Makefile: 'all: ; @echo two\n' } }))).length, 1);
});

test.serial('SIGTERM ends the recipe, removes what it left half done, and ends make by the signal', async (t) => {
  const { stdout, stderr } = await run('out:\n\techo half > $@\n\tsleep 60\n', 'make & until test -s out; do sleep 0.05; done; sleep 0.3; kill -TERM $!; wait $!; echo $?; ls');
  t.is(stdout, 'echo half > out\nsleep 60\n143\nMakefile\n');
  t.regex(stderr, /make: \*\*\* \[Makefile:3: out\] Terminated\nmake: \*\*\* Deleting file 'out'\n/);
});

test.serial('many targets, and expansions that never end, are bounded', async (t) => {
  const many = await run('T := $(shell seq 1000)\nall: $(T)\n$(T): ; @:\n', 'make && echo done');
  t.is(many.stdout, 'done\n');
  const endless = await run(`A0 = ${'x'.repeat(64)}\n${Array.from({ length: 30 }, (_, i) => `A${i + 1} = $(A${i})$(A${i})\n`).join('')}all: ; @echo $(words $(A30))\n`, 'make');
  t.is(endless.exitCode, 2);
  t.regex(endless.stderr, /virtual memory exhausted/);
});
