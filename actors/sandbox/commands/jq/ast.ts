// What a jq program is made of once parsed.
import type { Value } from './value.js';

export type Pattern =
  | { type: 'variable'; name: string }
  | { type: 'array'; items: readonly Pattern[] }
  | { type: 'object'; entries: readonly { variable?: string; key: Node; value?: Pattern }[] };

export interface Definition {
  name: string;
  /** `$x` parameters keep their dollar. */
  parameters: readonly string[];
  body: Node;
}

export type Node =
  | { type: 'identity' }
  | { type: 'literal'; value: Value }
  | { type: 'location'; at: number }
  | { type: 'index'; target: Node; key: Node }
  | { type: 'slice'; target: Node; from?: Node; to?: Node }
  | { type: 'iterate'; target: Node }
  | { type: 'string'; format: string | undefined; parts: readonly (string | Node)[] }
  | { type: 'format'; name: string }
  | { type: 'array'; body?: Node }
  | { type: 'object'; entries: readonly { key: Node; value: Node }[] }
  | { type: 'negate'; body: Node }
  | { type: 'pipe' | 'comma' | 'alternative'; left: Node; right: Node }
  | { type: 'and' | 'or'; left: Node; right: Node }
  | { type: 'binary'; operator: string; left: Node; right: Node }
  | { type: 'assign'; operator: string; left: Node; right: Node }
  | { type: 'if'; condition: Node; consequent: Node; alternate?: Node }
  | { type: 'try'; body: Node; handler?: Node }
  | { type: 'reduce'; source: Node; pattern: Pattern; init: Node; update: Node }
  | { type: 'foreach'; source: Node; pattern: Pattern; init: Node; update: Node; extract?: Node }
  | { type: 'define'; definition: Definition; body: Node }
  | { type: 'call'; name: string; arguments: readonly Node[]; at: number }
  | { type: 'bind'; source: Node; patterns: readonly Pattern[]; body: Node }
  | { type: 'label'; name: string; body: Node }
  | { type: 'break'; name: string; at: number }
  | { type: 'variable'; name: string; at: number };

/** `import "path" as alias;` or `include "path";`, which has no alias. */
export interface Import {
  path: string;
  alias: string | undefined;
  /** `as $alias`: a file of JSON values. */
  isData: boolean;
  metadata: Node | undefined;
  at: number;
}

export interface Program {
  imports: readonly Import[];
  body: Node;
}

export interface Module {
  imports: readonly Import[];
  definitions: readonly Definition[];
}
