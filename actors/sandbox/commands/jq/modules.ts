// `import` and `include`: finding modules, and what a program's names are once they are there.
import { Errno } from '../../kernel/errno.js';
import type { Process } from '../../kernel/process.js';
import { decode } from '../../kernel/text.js';
import { joinPath, directoryName } from '../common/paths.js';
import type { Import } from './ast.js';
import type { Compiler } from './compiler.js';
import { parseJsonTexts } from './json-parser.js';
import { parseModule } from './parser.js';
import type { Scope } from './scope.js';
import type { Value } from './value.js';

/** A module that cannot be had. */
export class ModuleFault extends Error {}

const NESTED_MAX = 32;

export class Modules {
  readonly #process: Process;
  readonly #compiler: Compiler;
  readonly #folders: readonly string[];

  constructor(process: Process, compiler: Compiler, folders: readonly string[]) {
    this.#process = process;
    this.#compiler = compiler;
    this.#folders = folders;
  }

  /** `~/.jq`, when it is a file, is in front of every program. */
  personal(scope: Scope | undefined): Scope | undefined {
    const path = joinPath(this.#process.env.get('HOME') ?? '/', '.jq');
    const source = this.#read(path);
    return source === undefined ? scope : this.#module(source, '', scope, directoryName(path), 0);
  }

  /** The names that the imports bring, over those of `scope`. `folder` is where the importing text is. */
  import(imports: readonly Import[], scope: Scope | undefined, folder: string, nested = 0): Scope | undefined {
    if (nested > NESTED_MAX) throw new ModuleFault('modules import each other without an end');
    let inner = scope;
    // Of two imports with the same name the first wins.
    for (const one of [...imports].reverse()) {
      const path = this.#find(one, folder);
      const source = this.#read(path)!;
      if (one.isData) {
        const value: Value = parseJsonTexts(source);
        inner = { name: `$${one.alias!}::${one.alias!}`, meaning: { type: 'constant', value }, outer: { name: `$${one.alias!}`, meaning: { type: 'constant', value }, outer: inner } };
      } else inner = this.#module(source, one.alias === undefined ? '' : `${one.alias}::`, inner, directoryName(path), nested);
    }
    return inner;
  }

  #module(source: string, prefix: string, scope: Scope | undefined, folder: string, nested: number): Scope | undefined {
    const { imports, definitions } = parseModule(source);
    let own = this.import(imports, undefined, folder, nested + 1);
    let outer = scope;
    for (const definition of definitions) {
      const { meaning, name } = (own = this.#compiler.define(definition, own));
      outer = { name: prefix + name, meaning, outer };
    }
    return outer;
  }

  #find({ path, isData, metadata }: Import, folder: string): string {
    if (path.startsWith('/') || path.split('/').includes('..')) throw new ModuleFault(`Relative paths to modules may not traverse to parent directories (${path})`);
    const suffix = isData ? '.json' : '.jq';
    const last = path.split('/').at(-1)!;
    const search = metadata?.type === 'object' ? metadata.entries.find(({ key }) => key.type === 'literal' && key.value === 'search')?.value : undefined;
    const own = search?.type === 'literal' && typeof search.value === 'string' ? [joinPath(folder, search.value)] : [];
    for (const place of [...own, ...this.#folders]) {
      for (const candidate of [joinPath(place, path) + suffix, joinPath(joinPath(place, path), last) + suffix]) if (this.#read(candidate) !== undefined) return candidate;
    }
    throw new ModuleFault(`module not found: ${path}`);
  }

  #read(path: string): string | undefined {
    try {
      return decode(this.#process.files.readFile(path));
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }
}
