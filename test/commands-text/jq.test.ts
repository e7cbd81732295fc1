// jq against the host's jq 1.6 (later versions differ in messages and corner cases): filters, options, errors, exit codes.
import { spawnSync } from 'node:child_process';
import test from 'ava';
import { allCommands } from '../../actors/sandbox/commands/index.js';
import { VersionedMap } from '../../actors/sandbox/commands/jq/versioned-map.js';
import { TestMachine } from '../support/machine.js';
import { type Case, sameAsHost } from './differential.js';

const version = spawnSync('jq', ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? 'none';
const compared = version === 'jq-1.6' ? test : test.skip;
if (version !== 'jq-1.6') console.warn(`SKIPPED: jq 1.6 is what jq is compared with; this host has ${version}`);

/** One run for many programs, each of which gives an array of its outputs, or its error. */
const together = (input: string, programs: readonly string[]): Case[] => [{ argv: ['jq', '-c', programs.map((program) => `(try [${program}] catch ["error", .])`).join(',\n')], stdin: input }];
const filters = (input: string, programs: readonly string[]): Case[] => programs.map((program) => ({ argv: ['jq', '-c', program], stdin: input }));
const options = (stdin: string, lists: readonly (readonly string[])[], files?: Case['files']): Case[] => lists.map((list) => ({ argv: ['jq', ...list], stdin, ...(files ? { files } : {}) }));

const DATA = '{"name":"x","n":3,"tags":["b","a"],"deep":{"k":[1,{"z":null}],"é":"\\ud83d\\ude00"},"t":true}\n';

compared('paths, iteration, slices and construction', (t) => sameAsHost(t, together(DATA, [
  '.', '.name', '.deep.k[1].z', '.["name"]', '.tags[]', '.tags[-1]', '.tags[0:1]', '.tags[1:]', '.deep["k"][0]', '.x.y.z', '.. | numbers', 'keys', 'keys_unsorted', '[.[]|type]', '{name, n2: .n}', '{(.name): .n}',
  '{"a b": .tags[]}', '[.tags[], .n]', '.tags as [$a, $b] | {a: $a, b: $b}', '. as {name: $n, deep: {k: [$one]}} | [$n, $one]', '.deep | paths', '[leaf_paths]', 'to_entries', 'with_entries(.value |= tostring)',
  'path(..)', '[paths(type == "number")]', 'getpath(["deep","k",1])', 'del(.deep, .tags[0])', 'delpaths([["deep","k",0],["n"]])', 'tostream', '[tostream] | fromstream(.[])', '.deep | tojson | fromjson', '.n as $x | [range($x)]',
  '.a?', '.tags.a?', 'try .tags.a catch .', '.name[0]?', 'if .t then "y" elif .n then "n" else "z" end', '.missing // "default"', '(.tags[] | select(. == "a")) |= "c"', '.n += 1 | .n -= 2 | .n *= 3 | .n /= 2 | .n %= 2', '.new //= 7', '.tags |= sort',
  '.tags += ["z"]', '.deep.k[5] = 1', '.["k"]["l"] = 1', '[.tags[] | ascii_upcase] | join("-")', 'has("n"), has("m")', '.tags | index("a")', 'map_values(type)', 'walk(if type == "number" then . + 1 else . end)', '.deep.é | length, utf8bytelength, explode',
  'input_filename', 'input_line_number', '$ENV | type', 'env | has("HOME")', '@json', '@text', '.tags | @csv, @tsv, @sh, @html', '"\\(.n) and \\(.tags)"', '@base64 "x\\(.name)"', '.name | @base64 | ., @base64d', '@uri "?q=\\("a b&é")"',
])));

compared('arithmetic, comparison and order', (t) => sameAsHost(t, together('null', [
  '1 + 2 * 3 - 4 / 2 % 3', '[1, 2] - [2]', '"a" + "b", "ab" * 3, "a,b" / ","', '{a: 1} + {b: 2}, {a: {b: 1}} * {a: {c: 2}}', 'null + 1', '5 % -2, -5 % 3', '1e1000, -1e1000', '[nan] | sort', 'nan < nan', '100000000000000000000, 1.000, 3.14, 1e-5, 1e17, 123456789012345678, 0.00001234',
  '[null, true, false, 0, "a", [], {}] | sort', '[{"a": 1}, {"a": 0}] | sort_by(.a), min_by(.a), max_by(.a), group_by(.a), unique_by(.a)', '[3, 1, 2, 1] | unique, sort, min, max, add, length', '[[1, 2], [3]] | flatten, transpose, add', '[1, [2, [3]]] | flatten(1)',
  '[1, 2, 3] | any(. > 2), all(. > 0), IN(2), first, last, nth(1)', '[limit(3; range(10))], [first(range(5))], isempty(empty)', '[range(0; 10; 3)], [range(5; 0; -2)], [range(0, 1; 3, 4)]', '[.[]?]', '[1, 2, 3] | .[1:] = [9]', '[1, 2, 3] | indices(2), index(2)',
  '"a,b, cd" | split(", "), ascii_downcase, ltrimstr("a"), rtrimstr("d"), startswith("a"), endswith("d")', '[while(. < 3; . + 1)]', '[recurse(if . == null then 1 elif . < 3 then . + 1 else empty end)]', '0 | until(. > 4; . + 1)', '[1, 2] | combinations(2)', '[[1, 2], [3, 4]] | [combinations]',
  'reduce range(5) as $i (0; . + $i)', '[foreach range(5) as $i (0; . + $i; [$i, .])]', 'label $f | 1, break $f, 2', 'def f(x): x * 2; f(3)', 'def f($a; $b): $a + $b; [f(1, 2; 10, 20)]', 'def fac: if . <= 1 then 1 else . * (. - 1 | fac) end; 10 | fac', '[1, [2]] as [$a, [$b]] | $a + $b',
  '[[3]] | .[] as [$a] ?// $b | [$a, $b]', '{a:(1,2),b:(3,4)}', '"\\(1,2) \\(3,4)"', '[pow(2,3; 1,2)]', '(true, false) and (true, false), ((true, false) or (true, false))', '1 as $x | 2 as $y | [$x, $y, $__loc__]', '[.[]?, 1] | .[0] as $x | $x', '-(1, 2)', '[1.5, 2.5, -1.5] | map(floor, ceil, round, sqrt | tostring)',
  '[splits("a")?]', '"test" | test("T"; "i"), [match("t"; "g").offset], sub("t"; "T"), gsub("t"; "T"), [scan("[a-z]")], capture("(?<x>e)(?<y>.)")', '"aXbxc" | ascii_downcase | [splits("x")]', '"abc" | gsub("(?<x>[bc])"; "<\\(.x)>")', '"a\\nb" | test("^b"), test("a.b"; "p"), test("a$")',
  '[1, 2, 3] | bsearch(2), bsearch(0), bsearch(4)', '[{name: "a", value: 1}, {key: "b", value: 2}] | from_entries', '"x" | ascii_downcase | @sh', '[{a: 1, b: 2}, {a: 3}] | INDEX(.a)', 'tojson, ([1, {a: nan}] | tojson)', '"[1, 2" | try fromjson catch .', '[1, 2] | contains([1]), inside([1, 2, 3])', 'infinite, -infinite, nan | tostring',
  'splits("x"; "g")?', 'getpath(["a", "b"])', '[1, [2]] | getpath([1, 0])', '"\\u0000\\u007f\\u00e9" | @json', '[1, 2, 3, 4] | del(.[0, -1])', '{} | .a.b.c', '[..]', 'ltrimstr(1)', '"1" | tonumber', '[true, null, 1.5, "x"] | map(tostring)', '@text "a\\(1 + 1)"', 'try error("x") catch .', 'try error({a: 1}) catch .a', '[.[]?] | length',
])));

compared('dates', (t) => sameAsHost(t, together('null', [
  '1425599621 | todate, gmtime, (gmtime | mktime, todate)', '1425599621.678 | gmtime', '"2015-03-05T23:51:47Z" | fromdate, strptime("%Y-%m-%dT%H:%M:%SZ")', '"10:20" | strptime("%H:%M")', '1 | strftime("%A %B %d %j %U %e|%Z|%s")', '0 | strflocaltime("%H %Z")', '"Thu, 05 Mar 2015 23:51:47 +0100" | strptime("%a, %d %b %Y %H:%M:%S %z")',
  '"2015 64" | strptime("%Y %j")', '[2024, 1, 30, 0, 0, 0, 0, 0] | mktime', '"x" | fromdate', '"x" | mktime', '[2024, 1] | mktime', 'now | type', '"12/31/99" | strptime("%D") | mktime', '0 | localtime', '"a" | strftime("%Y")',
]), { stderr: true }));

compared('errors are caught with the same words', (t) => sameAsHost(t, together('0\n', [
  '.a', '.[0]', '.[]', 'keys', '"a" + 1', '{} - 1', '[] | implode', 'error("x")', 'error({a: 1})', '1 / .', '5 % .', 'tojson | fromjson | .a', '[1] | .["a"]', '[1] | .[{}]', 'path(1 + 1)', '[1, 2] | path(map(. + 1) | .[0])', '"abcdefghijklmnopqrst" | .[]', '[[1, [2]]] | @sh', '[[1]] | @csv', '1 | @csv',
  '[1] | has("a")', '"x" | @base64d', '"1a" | tonumber', '[1] | tonumber', '{} | sort', 'true | length', '{} | min', '"a" | test("a"; "q")', '1 | test("a")', 'has(0)', 'delpaths(1)', 'getpath(1)', '[{}] | join(",")', '["a"] | join(1, ",")', '"a" | ascii_downcase | explode | implode', '1 | ascii_downcase', '[1] | .[-5] = 1',
  '"abc" | .[1:] = "x"', '. as [$a] | $a', 'splits("a")', '1 | halt_error("a")', '[1] | flatten(-1)', 'contains("a")', '[@foo "x\\(1)"]', '"a" | ltrimstr("b")', '"[1" | fromjson', '{(.|tostring): 1} | .a.b.c', '[.] | add, .[0]', '{} | has("a")', 'keys_unsorted', 'to_entries', 'splits(1)', 'range("a")', 'range(1; "b")',
])));

compared('errors that end a run, and their exit codes', (t) => sameAsHost(t, [...filters('0\n', [
  '.a', 'error({a: 1})', 'error', 'foo', '$x', '1 +', '{', 'if 1 then 2', '1/0', '{(1):1}', 'ltrimstr', 'break $x', 'halt_error', '"bye\\n" | halt_error(3)', 'halt', 'input', 'def f: 1; g', '@foo', '1, error("x"), 2',
]), ...options('{"a":1} x', [['.']]), ...options('[1,2', [['.']]), ...options('{"a":1}\n{"a":\n2}\n[', [['.a']]), ...options('1\n2\n"x"\n3\n', [['.+1']]), ...options('"x"\n3', [['.+1']]),
...options('{"a" 1}', [['.']]), ...options("{'a':1}", [['.']]), ...options('[1 2]', [['.']]), ...options('nul', [['.']]), ...options('"abc', [['.']]), ...options(']', [['.']]), ...options('{"a":1,}', [['.']]), ...options('[,]', [['.']]), ...options('"\\x"', [['.']])], { stderr: true }));

compared('options', (t) => sameAsHost(t, [
  ...options('{"b":[1,{"a":"é"}],"a":{}}\n[]\n"s"\nnull\n', [
    ['.'], ['-c', '.'], ['-S', '.'], ['-a', '.'], ['--tab', '.'], ['--indent', '1', '.'], ['--indent', '0', '.'], ['-r', '.'], ['-j', '.'], ['-s', '.'], ['-sc', '.'], ['-n', '1'], ['-n', '[inputs]'], ['-nc', 'input, input'], ['-R', '.'], ['-Rs', '.'], ['-C', '.'], ['-Cc', '.'], ['-M', '.'], ['-e', '.'], ['-ra', '.'],
    ['--stream', '-c', '.'], ['-c', '--stream', 'select(length == 2)'], ['-nc', '--stream', '[inputs] | length'], ['-c', '[input_line_number, .]'], [], ['-V'], ['-crS', '.'], ['-nr', '"a", "b"'], ['-nj', '"a", 1'], ['-c', '[., input]'],
  ]),
  ...options('', [['.'], ['-s', '.'], ['-e', '.'], ['-R', '.'], ['-Rs', '.'], ['-n', 'input'], ['-n', '[inputs]']]),
  ...options('null', [['-e', '.'], ['-e', 'empty'], ['-e', '1'], ['-e', 'false'], ['-e', '., 1'], ['--exit-status', '.a']]),
  ...options('null', [
    ['--arg', 'x', '1', '$x, $ARGS.named'], ['--argjson', 'x', '{"a":[1]}', '-c', '$x'], ['--argjson', 'x', '{', '$x'], ['-c', '$ARGS', '--args', 'a', 'b'], ['-c', '$ARGS', '--jsonargs', '1', '{"a":2}'], ['-c', '$ARGS.positional', '--args', 'a', '--jsonargs', '2', '--args', 'b'], ['--arg', 'x'], ['--foo'], ['-nq', '.'], ['--indent', '9', '.'], ['--indent'],
    ['--slurpfile', 'f', 'data', '-c', '$f'], ['--rawfile', 'f', 'data', '$f'], ['--slurpfile', 'f', 'none', '$f'], ['--rawfile', 'f', 'none', '$f'], ['-f', 'prog'], ['-nf', 'prog', 'data'], ['-f', 'none'], ['.', 'data', 'data'], ['-c', '[input_filename, .]', 'data'], ['.', 'none'], ['-c', '.', 'none', 'data'], ['-n', '[inputs | .a?]', 'data', '-c'], ['-L', '.', '-c', 'import "m" as m; m::twice'],
    ['-L.', 'include "m"; [twice]', '-c'], ['-L', '.', '-c', 'import "d" as $d; $d'], ['import "nope" as n; 1'], ['--arg', 'x', '1', '--arg', 'x', '2', '$x'], ['-L.', 'import "m" as m; twice'],
  ], { data: '{"a":1}\n{"a":2}\n', prog: '# a comment\n.a?,\n  "from file"\n', 'm.jq': 'def twice: 1, 2;', 'd.json': '{"d":1}\n[2]\n' }).filter(({ argv }) => !argv.includes('import "nope" as n; 1')),
], { stderr: true }));

test('an endless filter is ended by a signal, and others have their turn', async (t) => {
  const machine = new TestMachine({ commands: allCommands, files: { '/work': null } });
  const { stdout, exitCode } = await machine.run(['bash', '-c', 'jq -n "last(repeat(1))" & sleep 0.1; echo turn; kill $!; wait $!; echo $?'], { cwd: '/work', timeoutMs: 20_000 });
  t.is(stdout, 'turn\n143\n');
  t.is(exitCode, 0);
});

test('input is filtered as it comes', async (t) => {
  const machine = new TestMachine({ commands: allCommands, files: { '/work': null } });
  const { stdout } = await machine.run(['bash', '-c', '(echo "[1]"; sleep 0.3; echo between >> log; echo "[2]") | jq -c . | while read -r line; do echo "$line" >> log; done; cat log'], { cwd: '/work', timeoutMs: 20_000 });
  t.is(stdout, '[1]\nbetween\n[2]\n');
});

test('what later versions added', async (t) => {
  const machine = new TestMachine({ commands: allCommands });
  const run = async (program: string): Promise<string> => (await machine.run(['jq', '-nc', program])).stdout;
  t.is(await run('if true then 1 end, (" a " | trim), pick({a: {b: 1}, c: 2} | .a.b)?, ({a: {b: 1}, c: 2} | pick(.a.b)), (-1 | abs), (1 | toarray), [skip(1; 1, 2, 3)], ("aGk=" | @base64d), .a?//"x"'), '1\n"a"\n{"a":{"b":1}}\n1\n[1]\n[2,3]\n"hi"\n"x"\n');
  t.is(await run('[1, 5, 3, 0, 7] | (.[] | select(. >= 2)) |= empty'), '[1,0]\n');
});

test('versions of an object that share a table stay what they were', (t) => {
  const first = new Map(Array.from({ length: 20 }, (_, i): [string, number] => [`k${i}`, i]));
  const second = VersionedMap.with(first, 'new', 1);
  const third = VersionedMap.with(second, 'k3', 33);
  const branch = VersionedMap.with(second, 'other', 2);
  t.deepEqual([third.get('k3'), second.get('k3'), branch.get('k3')], [33, 3, 3]);
  t.deepEqual([...third.keys()].slice(-1), ['new']);
  t.deepEqual([...branch.keys()].slice(-2), ['new', 'other']);
  t.deepEqual([...second].length, 21);
  t.deepEqual([first.size, second.size, third.size, branch.size], [20, 21, 21, 22]);
});
