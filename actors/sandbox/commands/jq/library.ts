// The part of jq's library that is written in jq; each function is parsed and compiled when a program first calls it.
import type { Definition } from './ast.js';
import { parseModule } from './parser.js';

const SOURCES = [
  'def error(f): f | error;',
  'def map(f): [.[] | f];',
  'def map_values(f): .[] |= f;',
  'def select(f): if f then . else empty end;',
  'def recurse: def r: ., (.[]? | r); r;',
  'def recurse(f): def r: ., (f | r); r;',
  'def recurse(f; c): def r: ., (f | select(c) | r); r;',
  'def recurse_down: recurse;',
  'def sort_by(f): _sort_by(map([f]));',
  'def group_by(f): _group_by(map([f]));',
  'def unique_by(f): _group_by(map([f])) | map(.[0]);',
  'def min_by(f): _min_by(map([f]));',
  'def max_by(f): _max_by(map([f]));',
  'def add(f): reduce f as $x (null; . + $x);',
  'def del(f): delpaths([path(f)]);',
  'def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];',
  'def with_entries(f): to_entries | map(f) | from_entries;',
  'def paths: path(..) | select(length > 0);',
  'def paths(f): . as $all | paths | select(. as $p | $all | getpath($p) | f);',
  'def leaf_paths: paths(scalars);',
  'def pick(f): . as $all | reduce path(f) as $p (null; setpath($p; $all | getpath($p)));',
  'def _modify(paths; f): reduce path(paths) as $p ([., []]; . as [$all, $gone] | label $out | (($all | setpath($p; getpath($p) | f) | [., $gone] | ., break $out), [$all, $gone + [$p]])) | . as [$all, $gone] | $all | delpaths($gone);',
  'def any(g; c): isempty(first(g | c | select(.))) | not;',
  'def any(c): any(.[]; c);',
  'def any: any(.[]; .);',
  'def all(g; c): isempty(first(g | c | select(. | not)));',
  'def all(c): all(.[]; c);',
  'def all: all(.[]; .);',
  'def isempty(g): label $out | (g | false, break $out), true;',
  'def first(g): label $out | g | ., break $out;',
  'def last(g): reduce g as $x (null; $x);',
  'def first: .[0];',
  'def last: .[-1];',
  'def nth($n): .[$n];',
  'def nth($n; g): if $n < 0 then error("nth doesn\'t support negative indices") else last(limit($n + 1; g)) end;',
  'def limit($n; g): if $n > 0 then label $out | foreach g as $x (0; . + 1; $x, if . >= $n then break $out else empty end) elif $n == 0 then empty else g end;',
  'def skip($n; g): if $n > 0 then foreach g as $x ($n; . - 1; if . < 0 then $x else empty end) elif $n == 0 then g else error("Invalid arguments to skip: count must not be negative") end;',
  'def until(c; f): def r: if c then . else (f | r) end; r;',
  'def while(c; f): def r: if c then ., (f | r) else empty end; r;',
  'def repeat(f): def r: ., (f | r); r;',
  'def inputs: def r: (try input catch (if . == "break" then empty else error end)) | (., r); r;',
  'def range($n): range(0; $n);',
  'def range($from; $to; $by): if $by > 0 then $from | while(. < $to; . + $by) elif $by < 0 then $from | while(. > $to; . + $by) else empty end;',
  'def in(o): . as $k | o | has($k);',
  'def inside(o): . as $x | o | contains($x);',
  'def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $rest | [$x] + $rest end;',
  'def combinations(n): . as $all | [range(n) | $all] | combinations;',
  'def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;',
  'def arrays: select(type == "array");',
  'def objects: select(type == "object");',
  'def iterables: select(type | . == "array" or . == "object");',
  'def booleans: select(type == "boolean");',
  'def numbers: select(type == "number");',
  'def normals: select(isnormal);',
  'def strings: select(type == "string");',
  'def nulls: select(. == null);',
  'def values: select(. != null);',
  'def scalars: select(type | . != "array" and . != "object");',
  'def scalars_or_empty: select(type as $t | $t != "array" and $t != "object" or length == 0);',
  'def finites: select(isfinite);',
  'def match(re; flags): _match(re; flags; false) | .[];',
  'def match($v): if $v | type == "array" then match($v[0]; $v[1]) else match($v; null) end;',
  'def test(re; flags): _match(re; flags; true);',
  'def test($v): if $v | type == "array" then test($v[0]; $v[1]) else test($v; null) end;',
  'def _captures: [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;',
  'def capture(re; flags): match(re; flags) | _captures;',
  'def capture($v): match($v) | _captures;',
  'def scan($re; $flags): match($re; "g" + $flags) | if .captures | length > 0 then [.captures[].string] else .string end;',
  'def scan($re): scan($re; null);',
  'def splits($re; flags): split($re; flags) | .[];',
  'def splits($re): splits($re; null);',
  'def split($re; $flags): [_edits($re; $flags + "g") | .[range(0; length; 2)]];',
  'def sub($re; f; $flags): _edits($re; $flags) as $parts | def glue($i): if $i + 1 >= ($parts | length) then $parts[$i] else glue($i + 2) as $rest | $parts[$i] + ($parts[$i + 1] | f) + $rest end; glue(0);',
  'def sub($re; f): sub($re; f; "");',
  'def gsub($re; f; $flags): sub($re; f; $flags + "g");',
  'def gsub($re; f): sub($re; f; "g");',
  'def ascii: [.] | implode;',
  'def todate: strftime("%Y-%m-%dT%H:%M:%SZ");',
  'def todateiso8601: todate;',
  'def fromdate: fromdateiso8601;',
  'def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;',
  'def date: todate;',
  'def dateadd(unit; $n): . + $n;',
  'def datesub(unit; $n): . - $n;',
  'def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);',
  'def fromstream(f): {x: null, e: false} as $init | foreach f as $i ($init; if .e then $init else . end | if $i | length == 2 then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1]) else setpath(["e"]; $i[0] | length == 1) end; if .e then .x else empty end);',
  'def truncate_stream(f): . as $n | null | f | . as $i | if ($i[0] | length) > $n then setpath([0]; $i[0][$n:]) else empty end;',
  'def INDEX(g; f): reduce g as $row ({}; .[$row | f | tostring] |= $row);',
  'def INDEX(f): INDEX(.[]; f);',
  'def JOIN($idx; f): [.[] | [., $idx[f]]];',
  'def JOIN($idx; g; f): g | [., $idx[f]];',
  'def JOIN($idx; g; f; j): g | [., $idx[f]] | j;',
  'def IN(s): any(s == .; .);',
  'def IN(g; s): any(g == s; .);',
  'def halt_error: halt_error(5);',
  'def debug(f): (f | debug | empty), .;',
  'def abs: if type == "number" and . < 0 then -. elif type == "number" then . else error("\\(type) (\\(tojson)) has no absolute value") end;',
  'def toarray: if type == "array" then . else [.] end;',
  'def have_literal_numbers: true;',
  'def have_decnum: false;',
  'def isfinite: type == "number" and (isinfinite | not);',
  'def trimstr($x): ltrimstr($x) | rtrimstr($x);',
];

const NAME = /^def ([a-zA-Z_0-9]+)(?:\(([^)]*)\))?:/;
const texts = new Map(SOURCES.map((source) => {
  const [, name, parameters] = NAME.exec(source)!;
  return [`${name!}/${parameters === undefined ? 0 : parameters.split(';').length}`, source];
}));
const parsed = new Map<string, Definition>();

export function libraryNames(): string[] {
  return [...texts.keys()];
}

export function libraryDefinition(full: string): Definition | undefined {
  const known = parsed.get(full);
  if (known) return known;
  const text = texts.get(full);
  if (text === undefined) return undefined;
  const [definition] = parseModule(text).definitions;
  parsed.set(full, definition!);
  return definition!;
}
